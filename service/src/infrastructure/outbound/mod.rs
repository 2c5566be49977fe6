//! Requests to addresses that users have entered: nothing on a private network can be reached with
//! them, and no receiver can hold a request for long or send much.

mod networks;
mod resolver;

use std::{
    fmt,
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use ipnet::IpNet;
use reqwest::{
    Client, Response,
    header::{HeaderMap, RETRY_AFTER},
    redirect,
};
use tokio::time::Instant;
use url::{Host, Url};

use self::{
    networks::{Networks, Reach},
    resolver::{Lookup, PermittedAddresses, system_lookup},
};

/// How long a request may take, the response included.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How long connecting may take, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an idle connection is kept for the next request.
const IDLE: Duration = Duration::from_secs(10);
/// Bytes of a response that are read.
const MAX_BODY: usize = 1_024;
/// The longest sentence about a failure, in bytes.
const MAX_ERROR: usize = 256;
/// The ports of public hosts.
const PORTS: [u16; 2] = [443, 8443];

const NOT_PERMITTED: &str = "the host has no public address";

/// The result of a request.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    /// The status of the response; `None` without one.
    pub(crate) status: Option<u16>,
    /// The beginning of the response.
    pub(crate) body: String,
    /// The `Retry-After` of the response.
    pub(crate) retry_after: Option<String>,
    /// Why there is no response.
    pub(crate) error: Option<String>,
    pub(crate) duration: Duration,
}

/// The clients that send requests to addresses of users.
pub(crate) struct Outbound {
    networks: Networks,
    allows_http: bool,
    user_agent: String,
    lookup: Lookup,
    public: OnceLock<Client>,
    allowed_only: OnceLock<Client>,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound").field("networks", &self.networks).finish_non_exhaustive()
    }
}

impl Outbound {
    /// `allowed` are networks that are permitted although they are not public. `allows_http`
    /// permits `http` to this machine, for development.
    pub(crate) fn new(allowed: Vec<IpNet>, allows_http: bool, site_url: &str) -> Self {
        Self {
            networks: Networks(allowed),
            allows_http,
            user_agent: format!(
                "Mini-Compete-Webhooks/{} (+{site_url})",
                env!("CARGO_PKG_VERSION")
            ),
            lookup: system_lookup(),
            public: OnceLock::new(),
            allowed_only: OnceLock::new(),
        }
    }

    /// Checks an address and returns it in the form that is requested. Names are resolved with each
    /// request, not here.
    ///
    /// # Errors
    /// A sentence about the fault.
    pub(crate) fn check_url(&self, text: &str) -> Result<Url, String> {
        let url = Url::parse(text)
            .map_err(|_| "URL must be an address like https://club.example/hook".to_owned())?;
        let is_secure = match url.scheme() {
            "https" => true,
            "http" => self.allows_http && is_this_machine(&url),
            _ => false,
        };
        if !is_secure {
            return Err("URL must begin with https://".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("URL must not contain a user name or a password".to_owned());
        }
        if url.fragment().is_some() {
            return Err("URL must not contain a fragment (#)".to_owned());
        }
        let reach = reach(&url);
        if reach == Reach::AllowedOnly && self.networks.0.is_empty() {
            return Err("URL must have the port 443 or 8443".to_owned());
        }
        if literal(&url).is_some_and(|address| !self.networks.permit(address, reach)) {
            return Err("URL must have a public address".to_owned());
        }
        Ok(url)
    }

    /// Sends a request and reads the beginning of the response. Follows no redirects.
    pub(crate) async fn post(&self, url: &str, headers: HeaderMap, body: String) -> Exchange {
        let began = Instant::now();
        let sent = self.try_post(url, headers, body).await;
        let duration = began.elapsed();
        match sent {
            Ok(exchange) => Exchange { duration, ..exchange },
            Err(error) => {
                Exchange { error: Some(shortened(error)), duration, ..Exchange::default() }
            }
        }
    }

    async fn try_post(
        &self,
        url: &str,
        headers: HeaderMap,
        body: String,
    ) -> Result<Exchange, String> {
        // Again: the operator may have changed the networks, and the resolver does not see literal
        // addresses.
        let url = self.check_url(url)?;
        let client = self.client(reach(&url))?;
        let request = client.post(url).headers(headers).body(body);
        let response = request.send().await.map_err(|error| reason(&error))?;
        let retry_after = response.headers().get(RETRY_AFTER);
        Ok(Exchange {
            status: Some(response.status().as_u16()),
            retry_after: retry_after.and_then(|value| Some(value.to_str().ok()?.to_owned())),
            body: beginning(response).await,
            ..Exchange::default()
        })
    }

    fn client(&self, reach: Reach) -> Result<&Client, String> {
        let cell = match reach {
            Reach::Public => &self.public,
            Reach::AllowedOnly => &self.allowed_only,
        };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let client = self.build(reach).map_err(|error| error.to_string())?;
        Ok(cell.get_or_init(|| client))
    }

    fn build(&self, reach: Reach) -> reqwest::Result<Client> {
        let (lookup, networks) = (self.lookup.clone(), self.networks.clone());
        Client::builder()
            .user_agent(&self.user_agent)
            .tls_backend_preconfigured(tls())
            .http1_only()
            // A proxy would resolve the name itself.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(4)
            .dns_resolver(Arc::new(PermittedAddresses { lookup, networks, reach }))
            .build()
    }
}

fn tls() -> rustls::ClientConfig {
    let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the default versions of TLS")
        .with_root_certificates(rustls::RootCertStore::from_iter(roots))
        .with_no_client_auth()
}

/// Ports other than those of HTTPS lead to the networks of the operator only, so that webhooks are
/// no scanner of ports.
fn reach(url: &Url) -> Reach {
    let port = url.port_or_known_default().unwrap_or_default();
    if PORTS.contains(&port) { Reach::Public } else { Reach::AllowedOnly }
}

fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
    }
}

fn is_this_machine(url: &Url) -> bool {
    url.host_str() == Some("localhost") || literal(url).is_some_and(|address| address.is_loopback())
}

/// What has arrived of the body when the limit or the time is reached. Dropping the rest closes the
/// connection.
async fn beginning(mut response: Response) -> String {
    let mut body = Vec::new();
    while body.len() < MAX_BODY {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk[..chunk.len().min(MAX_BODY)]),
            Ok(None) | Err(_) => break,
        }
    }
    body.truncate(MAX_BODY);
    // PostgreSQL stores no NUL.
    String::from_utf8_lossy(&body).replace('\0', "\u{FFFD}")
}

fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no response within {} s", TIMEOUT.as_secs());
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn shortened(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(MAX_ERROR));
    text.replace('\0', "\u{FFFD}")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// Answers every request on any address of this machine, and counts them.
    async fn server() -> (u16, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let count = Arc::new(AtomicUsize::new(0));
        let requests = Arc::clone(&count);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                requests.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 4_096]).await;
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
                    .await;
            }
        });
        (port, count)
    }

    /// Names lead to the addresses in turn, one for each lookup. 127.0.0.1 stands for a public
    /// address.
    fn outbound(answers: &[&[&str]]) -> (Outbound, Arc<AtomicUsize>) {
        let answers: Vec<Vec<IpAddr>> = answers
            .iter()
            .map(|addresses| addresses.iter().map(|text| text.parse().unwrap()).collect())
            .collect();
        let lookups = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&lookups);
        let allowed = vec!["127.0.0.1/32".parse().unwrap()];
        let lookup: Lookup = Arc::new(move |_| {
            let turn = count.fetch_add(1, Ordering::SeqCst);
            let found = answers[turn.min(answers.len() - 1)].clone();
            Box::pin(async move { Ok(found) })
        });
        (Outbound { lookup, ..Outbound::new(allowed, true, "https://site.example") }, lookups)
    }

    async fn post(outbound: &Outbound, port: u16) -> Exchange {
        let url = format!("http://localhost:{port}/");
        outbound.post(&url, HeaderMap::new(), String::new()).await
    }

    #[tokio::test]
    async fn a_name_that_is_rebound_to_a_private_address_is_refused() {
        let (port, requests) = server().await;
        let (outbound, lookups) = outbound(&[&["127.0.0.1"], &["127.0.0.2"]]);
        assert_eq!(post(&outbound, port).await.status, Some(200));
        assert_eq!(lookups.load(Ordering::SeqCst), 1, "a check apart from the connection");
        let refused = post(&outbound, port).await;
        assert_eq!(refused.status, None);
        assert_eq!(refused.error.as_deref(), Some(NOT_PERMITTED));
        assert_eq!(requests.load(Ordering::SeqCst), 1, "the private address was connected to");
    }

    #[tokio::test]
    async fn a_request_goes_to_the_permitted_addresses_of_a_name_only() {
        let (port, requests) = server().await;
        let private = ["127.0.0.2", "::1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254"];
        let (outbound, _) = outbound(&[&private]);
        assert_eq!(post(&outbound, port).await.error.as_deref(), Some(NOT_PERMITTED));
        assert_eq!(requests.load(Ordering::SeqCst), 0);
        let (outbound, _) = self::outbound(&[&["127.0.0.2", "127.0.0.1"]]);
        assert_eq!(post(&outbound, port).await.status, Some(200));
    }

    #[tokio::test]
    async fn a_literal_address_is_checked_with_each_request() {
        let (port, requests) = server().await;
        let none = Outbound::new(Vec::new(), true, "https://site.example");
        let url = format!("http://127.0.0.1:{port}/");
        assert!(none.post(&url, HeaderMap::new(), String::new()).await.error.is_some());
        assert_eq!(requests.load(Ordering::SeqCst), 0);
    }
}
