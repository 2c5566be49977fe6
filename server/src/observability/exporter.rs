//! The recorder of metrics, and `/metrics` in the text format of Prometheus.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use service::{
    Context,
    monitoring::{self, Gauges, LONG_BUCKETS, SIZE_BUCKETS},
};
use sha2::{Digest, Sha256};
use tokio::time;

use super::{http_metrics::HTTP, process_metrics};

/// The upper bounds of durations, in seconds.
const DURATIONS: [f64; 14] =
    [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// The interval at which recorded values are added to the histograms. Until then each is in memory.
const UPKEEP: Duration = Duration::from_secs(5);
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
const BUILD_INFO: &str = "mini_compete_build_info";

/// Whether metrics are recorded.
static IS_ON: AtomicBool = AtomicBool::new(false);

/// Whether metrics are recorded.
pub(crate) fn is_on() -> bool {
    IS_ON.load(Ordering::Relaxed)
}

/// The recorder of this process.
#[derive(Clone, Debug)]
pub struct Recorder(PrometheusHandle);

impl Recorder {
    /// Records metrics from now on. Call it once, before anything is recorded.
    ///
    /// # Errors
    /// When there is a recorder already.
    pub fn install() -> Result<Self, Box<dyn std::error::Error>> {
        let recorder = builder()?.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder)?;
        monitoring::register();
        LazyLock::force(&HTTP);
        metrics::describe_gauge!(BUILD_INFO, "1, with the version of the program as a label.");
        metrics::gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        IS_ON.store(true, Ordering::Relaxed);
        tokio::spawn({
            let handle = handle.clone();
            async move {
                loop {
                    time::sleep(UPKEEP).await;
                    handle.run_upkeep();
                }
            }
        });
        Ok(Self(handle))
    }

    /// The route `/metrics` of a process that works on `ctx`. Requests need `token`, if there is
    /// one.
    pub fn route(&self, ctx: Context, token: Option<&str>) -> Router {
        let scrape = Scrape { handle: self.0.clone(), gauges: Arc::new(Gauges::new(ctx)) };
        let route = Router::new().route("/metrics", routing::get(metrics)).with_state(scrape);
        match token {
            Some(token) => {
                let token: Arc<[u8]> = Sha256::digest(token).as_slice().into();
                route.layer(middleware::from_fn_with_state(token, require_token))
            }
            None => route,
        }
    }
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    let mut builder = PrometheusBuilder::new().set_buckets(&DURATIONS)?;
    for (name, buckets) in [SIZE_BUCKETS, LONG_BUCKETS] {
        builder = builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), buckets)?;
    }
    Ok(builder)
}

#[derive(Clone)]
struct Scrape {
    handle: PrometheusHandle,
    gauges: Arc<Gauges>,
}

async fn metrics(State(Scrape { handle, gauges }): State<Scrape>) -> Response {
    gauges.sample().await;
    let mut text = handle.render();
    process_metrics::append_to(&mut text);
    ([(header::CONTENT_TYPE, TEXT)], text).into_response()
}

/// Compares hashes, so that the time of the comparison says nothing about the token.
async fn require_token(
    State(expected): State<Arc<[u8]>>,
    request: Request,
    next: Next,
) -> Response {
    let given = request.headers().get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if given.is_some_and(|given| Sha256::digest(given).as_slice() == &*expected) {
        return next.run(request).await;
    }
    let challenge = [(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
    (StatusCode::UNAUTHORIZED, challenge).into_response()
}
