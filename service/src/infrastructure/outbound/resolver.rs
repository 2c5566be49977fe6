//! Resolving the names of hosts to addresses that requests may go to.
//!
//! A request connects to one of the addresses that are returned here, and resolves its host once.
//! So a name that is rebound from a public to a private address after a check gains nothing: there
//! is no check apart from the connection.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::networks::{Networks, Reach};

/// Looks the addresses of a host up.
pub(crate) type Lookup =
    Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The lookup of the system.
pub(super) fn system_lookup() -> Lookup {
    Arc::new(|host| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Resolves to the permitted addresses only.
#[derive(Clone)]
pub(super) struct PermittedAddresses {
    pub(super) lookup: Lookup,
    pub(super) networks: Networks,
    pub(super) reach: Reach,
}

/// No address of the host is permitted.
#[derive(Debug)]
pub(super) struct NoPermittedAddress;

impl fmt::Display for NoPermittedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(super::NOT_PERMITTED)
    }
}

impl std::error::Error for NoPermittedAddress {}

impl Resolve for PermittedAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let found = (this.lookup)(name.as_str().to_owned()).await?;
            let permitted = found
                .into_iter()
                .filter(|address| this.networks.permit(*address, this.reach))
                // The port is that of the URL.
                .map(|address| SocketAddr::new(address, 0));
            let permitted: Vec<_> = permitted.collect();
            if permitted.is_empty() {
                return Err(NoPermittedAddress.into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}
