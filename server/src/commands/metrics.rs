//! The metrics of a process that serves or works.

use axum::Router;
use service::Context;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Result;
use crate::{
    TrustedProxies, api, listen, observability::Recorder, options::ObservabilityOptions,
    security::HttpLimits,
};

/// The most connections to the port of metrics.
const CONNECTIONS: usize = 64;

/// The metrics of this process, if they are configured.
pub(super) struct Metrics {
    recorder: Recorder,
    listener: Option<TcpListener>,
    token: Option<String>,
}

impl Metrics {
    /// Records from now on, if metrics have a port or a token. Call it before anything else.
    pub(super) async fn start(options: &ObservabilityOptions) -> Result<Option<Self>> {
        let (address, token) = (options.metrics_address(), options.metrics_token.0.clone());
        let listener = match address {
            None => None,
            Some(address) => Some(TcpListener::bind(address).await.map_err(|error| {
                format!("cannot listen on {address} (METRICS_ADDR, METRICS_PORT): {error}")
            })?),
        };
        if listener.is_none() && token.is_none() {
            return Ok(None);
        }
        Ok(Some(Self { recorder: Recorder::install()?, listener, token }))
    }

    /// Serves metrics and probes on their port until the process ends.
    pub(super) fn serve(&mut self, ctx: &Context, draining: &CancellationToken) -> Result {
        let Some(listener) = self.listener.take() else { return Ok(()) };
        tracing::info!(metrics.address = %listener.local_addr()?, "serving metrics");
        let probes = api::probes(ctx.clone(), draining.clone());
        let router = self.recorder.route(ctx.clone(), None).merge(probes);
        let limits = HttpLimits {
            connections: CONNECTIONS,
            connections_per_address: CONNECTIONS,
            ..HttpLimits::default()
        };
        let proxies = TrustedProxies::default();
        tokio::spawn(listen::serve(listener, router, limits, proxies, CancellationToken::new()));
        Ok(())
    }

    /// The route on the port of the site, if there is a token.
    pub(super) fn route(&self, ctx: &Context) -> Router {
        match &self.token {
            Some(token) => self.recorder.route(ctx.clone(), Some(token)),
            None => Router::new(),
        }
    }
}
