//! The address of a client. Any sender can forge `X-Forwarded-For`, so it counts only when a
//! trusted proxy sent it, and only from the right, where that proxy has appended the
//! address of its own client.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;
use service::ClientAddress;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Trusted proxies in front of this server, by address or network. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<Proxies>);

#[derive(Debug, Default)]
struct Proxies {
    networks: Vec<IpNet>,
    /// Whether the warning about an untrusted proxy was logged.
    has_warned: AtomicBool,
}

impl FromStr for TrustedProxies {
    type Err = String;

    /// Addresses and networks, separated by commas.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let networks = parts.map(|part| {
            let network = part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| format!("`{part}` is no address like 10.0.0.1 or 10.0.0.0/8"))
        });
        let networks = networks.collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(Proxies { networks, ..Proxies::default() })))
    }
}

impl TrustedProxies {
    /// Whether no proxy is trusted.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.networks.is_empty()
    }

    /// Whether the peer is a trusted proxy.
    pub(crate) fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.0.networks.iter().any(|network| network.contains(&peer))
    }

    /// The client behind `peer`: the first address from the right that is no trusted proxy.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        let lines = headers.get_all(X_FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
        let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
        for hop in hops.iter().rev() {
            if !self.trusts(client) {
                break;
            }
            // Behind an unreadable entry nothing is known, so its sender counts.
            let Some(address) = address(hop.trim()) else { break };
            client = address;
        }
        client
    }

    /// The client that has sent a request.
    pub(crate) fn client_of<B>(&self, request: &axum::http::Request<B>) -> ClientAddress {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        peer.map_or(ClientAddress::UNKNOWN, |ConnectInfo(peer)| {
            self.warn_of_untrusted_proxy(peer.ip(), request.headers());
            self.client(peer.ip(), request.headers()).into()
        })
    }

    /// Warns once of a proxy that is not trusted: all of its clients share one address.
    fn warn_of_untrusted_proxy(&self, peer: IpAddr, headers: &HeaderMap) {
        if headers.contains_key(X_FORWARDED_FOR)
            && !self.trusts(peer)
            && !self.0.has_warned.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                proxy.address = %peer,
                "a request was forwarded by a proxy that is not in TRUSTED_PROXIES; all of its \
                 clients count as one"
            );
        }
    }
}

/// An address with an optional port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.parse().ok();
    bare.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// Puts a [`ClientAddress`] into the request's extensions.
pub(crate) async fn resolve(
    State(proxies): State<TrustedProxies>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = proxies.client_of(&request);
    request.extensions_mut().insert(client);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    /// The client behind `peer` where 10.0.0.0/8 and 192.0.2.1 are trusted.
    fn client(peer: &str, forwarded: &[&'static str]) -> String {
        let proxies: TrustedProxies = "10.0.0.0/8, 192.0.2.1".parse().unwrap();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_static(line));
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_header_of_an_untrusted_peer_is_ignored() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("192.0.2.2", &["198.51.100.1"]), "192.0.2.2");
        let none = TrustedProxies::default();
        assert!(!none.trusts(IpAddr::from([127, 0, 0, 1])));
    }

    #[test]
    fn only_the_entries_of_trusted_proxies_count() {
        assert_eq!(client("10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
        // The client forged the first entry.
        assert_eq!(client("10.1.2.3", &["1.1.1.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.1.2.3", &["1.1.1.1", "198.51.100.1, 192.0.2.1"]), "198.51.100.1");
        assert_eq!(client("::ffff:10.1.2.3", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(client("10.1.2.3", &["198.51.100.1:4711"]), "198.51.100.1");
    }

    #[test]
    fn an_unreadable_entry_counts_as_the_proxy() {
        for line in ["unknown", "", "198.51.100.1, ", "198.51.100.1, evil"] {
            assert_eq!(client("10.1.2.3", &[line]), "10.1.2.3", "{line}");
        }
        assert_eq!(client("10.1.2.3", &[]), "10.1.2.3");
    }

    #[test]
    fn proxies_are_addresses_or_networks() {
        assert!("".parse::<TrustedProxies>().is_ok());
        assert!("::1, 10.0.0.0/8".parse::<TrustedProxies>().is_ok());
        for bad in ["proxy.example", "10.0.0.0/33", "10.0.0", "*"] {
            assert!(bad.parse::<TrustedProxies>().is_err(), "{bad}");
        }
    }
}
