//! Metrics of requests, by route.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock},
    time::Instant,
};

use axum::http::{Method, StatusCode};
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

const REQUESTS: &str = "mini_compete_http_requests_total";
const DURATION: &str = "mini_compete_http_request_duration_seconds";
/// The route of requests for files and for pages that do not exist.
pub(crate) const FALLBACK: &str = "fallback";
/// The routes that have metrics of their own; the program has fewer.
const MAX_ROUTES: usize = 500;
/// Every method with metrics of its own; the last stands for all others.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "other"];
const STATUSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The metrics of requests.
pub(crate) static HTTP: LazyLock<HttpMetrics> = LazyLock::new(HttpMetrics::new);

/// The metrics of requests.
pub(crate) struct HttpMetrics {
    routes: RwLock<HashMap<Box<str>, Arc<Route>>>,
    in_flight: Gauge,
    pub(crate) connections: Gauge,
    pub(crate) streams: Gauge,
}

/// The metrics of a route.
struct Route {
    path: Box<str>,
    /// In the order of [`METHODS`].
    methods: [OnceLock<Endpoint>; METHODS.len()],
}

/// The metrics of a route and a method.
struct Endpoint {
    /// In the order of [`STATUSES`].
    requests: [Counter; STATUSES.len()],
    duration: Histogram,
}

impl HttpMetrics {
    fn new() -> Self {
        metrics::describe_counter!(REQUESTS, "Requests, by method, route and class of status.");
        metrics::describe_histogram!(DURATION, "Time until the head of the response.");
        let described = |name, help: &'static str| {
            metrics::describe_gauge!(name, help);
            gauge!(name)
        };
        Self {
            routes: RwLock::default(),
            in_flight: described(
                "mini_compete_http_requests_in_flight",
                "Requests without the head of a response.",
            ),
            connections: described("mini_compete_http_connections", "Open connections of clients."),
            streams: described("mini_compete_event_streams", "Open event streams."),
        }
    }

    /// A request begins. Dropping the guard ends it without a response.
    pub(crate) fn begin(&self, route: &str, method: &Method) -> InFlight<'_> {
        self.in_flight.increment(1.0);
        let method = METHODS.iter().position(|name| method.as_str() == *name);
        let method = method.unwrap_or(METHODS.len() - 1);
        InFlight { metrics: self, route: self.route(route), method, began: Instant::now() }
    }

    fn route(&self, path: &str) -> Arc<Route> {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(route) = routes.get(path) {
            return Arc::clone(route);
        }
        let path = if routes.len() < MAX_ROUTES { path } else { FALLBACK };
        drop(routes);
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Route::new(path));
        Arc::clone(routes.entry(path.into()).or_insert_with(new))
    }
}

impl Route {
    fn new(path: &str) -> Self {
        Self { path: path.into(), methods: Default::default() }
    }

    fn endpoint(&self, method: usize) -> &Endpoint {
        self.methods[method].get_or_init(|| {
            let (method, route) = (METHODS[method], self.path.to_string());
            let requests = STATUSES.map(|status| {
                counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status)
            });
            let duration = histogram!(DURATION, "method" => method, "route" => route);
            Endpoint { requests, duration }
        })
    }
}

/// A request without a response.
pub(crate) struct InFlight<'a> {
    metrics: &'a HttpMetrics,
    route: Arc<Route>,
    method: usize,
    began: Instant,
}

impl InFlight<'_> {
    /// The request is answered.
    pub(crate) fn answered(self, status: StatusCode) {
        let endpoint = self.route.endpoint(self.method);
        let class = usize::from(status.as_u16() / 100).clamp(1, STATUSES.len()) - 1;
        endpoint.requests[class].increment(1);
        endpoint.duration.record(self.began.elapsed().as_secs_f64());
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.metrics.in_flight.decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_beyond_the_bound_share_the_metrics_of_the_fallback() {
        let metrics = HttpMetrics::new();
        for number in 0..2 * MAX_ROUTES {
            metrics.begin(&format!("/{number}"), &Method::GET).answered(StatusCode::OK);
        }
        assert_eq!(metrics.routes.read().unwrap().len(), MAX_ROUTES + 1);
        let odd = Method::from_bytes(b"BREW").unwrap();
        metrics.begin("/", &odd).answered(StatusCode::from_u16(999).unwrap());
    }
}
