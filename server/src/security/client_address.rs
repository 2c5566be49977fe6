//! Where a request comes from. A header says whatever its sender likes, so it counts only where a proxy that we trust
//! wrote it, and only what that proxy has seen itself: from the right.

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

/// Proxies in front of this server, by address or network.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<Proxies>);

#[derive(Debug, Default)]
struct Proxies {
    networks: Vec<IpNet>,
    /// Whether it was said that somebody may be missing.
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
    /// Whether the peer at this address tells the truth about whom it asks for.
    pub(crate) fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.0.networks.iter().any(|network| network.contains(&peer))
    }

    /// The client behind `peer`: the first address from the right that is no proxy of ours.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        let lines = headers.get_all(X_FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
        let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
        for hop in hops.iter().rev() {
            if !self.trusts(client) {
                break;
            }
            // What nobody can read tells no more than who sent it.
            let Some(address) = address(hop.trim()) else { break };
            client = address;
        }
        client
    }

    /// Once: behind a proxy that we do not know of, everybody seems to have one address.
    fn warn_of_a_proxy(&self, peer: IpAddr, headers: &HeaderMap) {
        if headers.contains_key(X_FORWARDED_FOR)
            && !self.trusts(peer)
            && !self.0.has_warned.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                proxy.address = %peer,
                "a request was forwarded by a proxy that is not in TRUSTED_PROXIES; all of its clients count as one"
            );
        }
    }
}

/// An address, with a port or without.
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
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let client = peer.map_or(ClientAddress::UNKNOWN, |ConnectInfo(peer)| {
        proxies.warn_of_a_proxy(peer.ip(), request.headers());
        proxies.client(peer.ip(), request.headers()).into()
    });
    request.extensions_mut().insert(client);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    /// The client behind `peer` for somebody who trusts 10.0.0.0/8 and 192.0.2.1.
    fn client(peer: &str, forwarded: &[&'static str]) -> String {
        let proxies: TrustedProxies = "10.0.0.0/8, 192.0.2.1".parse().unwrap();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_static(line));
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn whoever_is_no_proxy_of_ours_speaks_for_itself_only() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("192.0.2.2", &["198.51.100.1"]), "192.0.2.2");
        let nobody = TrustedProxies::default();
        assert!(!nobody.trusts(IpAddr::from([127, 0, 0, 1])));
    }

    #[test]
    fn a_proxy_is_believed_what_it_saw_and_not_what_it_was_told() {
        assert_eq!(client("10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
        // The client wrote the first itself.
        assert_eq!(client("10.1.2.3", &["1.1.1.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.1.2.3", &["1.1.1.1", "198.51.100.1, 192.0.2.1"]), "198.51.100.1");
        assert_eq!(client("::ffff:10.1.2.3", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(client("10.1.2.3", &["198.51.100.1:4711"]), "198.51.100.1");
    }

    #[test]
    fn what_cannot_be_read_is_the_proxys_own() {
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
