//! The id and the span of a request.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use opentelemetry::trace::Status;
use service::{RequestId, trace_context};
use tower_http::trace::{DefaultOnResponse, OnResponse};
use tracing::{Level, Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use uuid::Builder;

use super::{
    exporter,
    http_metrics::{FALLBACK, HTTP, InFlight},
};
use crate::{TrustedProxies, headers::X_REQUEST_ID, is_shared::IsShared, unsubscribe::UNSUBSCRIBE};

/// The trace context of the caller (W3C Trace Context).
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// What the paths of calendar feeds begin with.
const CALENDARS: &str = "/calendars/";
/// The longest request id that is taken from a proxy, in characters.
const MAX_ID: usize = 64;

/// Gives a request its id, and sends the id with the response. One whose response is shared has its
/// id already.
pub(crate) async fn respond(
    State(proxies): State<TrustedProxies>,
    mut request: Request,
    next: Next,
) -> Response {
    if request.extensions().get::<IsShared>().is_some() {
        let id = RequestId::new(text(request.headers(), &X_REQUEST_ID).unwrap_or_default());
        return id.scope(next.run(request)).await;
    }
    let observed = Observed::begin(&mut request, &proxies);
    let id = RequestId::new(observed.id.to_str().unwrap_or_default());
    let mut response = id.scope(next.run(request)).await;
    observed.end(&mut response);
    response
}

/// A request that has an id and is counted in the metrics.
pub(crate) struct Observed {
    id: HeaderValue,
    in_flight: Option<InFlight<'static>>,
    began: Instant,
}

impl Observed {
    /// Only a trusted proxy chooses the id and the trace: any other client could fill the log with
    /// ids that belong to other requests.
    pub(crate) fn begin(request: &mut Request, proxies: &TrustedProxies) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let is_trusted = peer.is_some_and(|ConnectInfo(peer)| proxies.trusts(peer.ip()));
        let headers = request.headers_mut();
        let id = match headers.get(X_REQUEST_ID).filter(|_| is_trusted).and_then(checked) {
            Some(id) => id.clone(),
            None => generated(),
        };
        if !is_trusted {
            headers.remove(TRACEPARENT);
        }
        headers.insert(X_REQUEST_ID, id.clone());
        let in_flight = exporter::is_on().then(|| HTTP.begin(route(request), request.method()));
        Self { id, in_flight, began: Instant::now() }
    }

    /// Sends the id with the response.
    pub(crate) fn end(self, response: &mut Response) {
        if let Some(in_flight) = self.in_flight {
            in_flight.answered(response.status());
        }
        response.headers_mut().insert(X_REQUEST_ID, self.id);
    }

    /// Records a response that was ready, as the layer for traces does with others.
    pub(crate) fn record_ready(&self, request: &Request, response: &Response) {
        let is_logged = tracing::enabled!(target: "tower_http::trace::on_response", Level::DEBUG);
        if is_logged || trace_context::is_enabled() {
            let span = span(request);
            span.in_scope(|| RecordResponse.on_response(response, self.began.elapsed(), &span));
        }
    }
}

/// The id if it is short and has no characters that mean something in a log or a page.
fn checked(id: &HeaderValue) -> Option<&HeaderValue> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let bytes = id.as_bytes();
    ((1..=MAX_ID).contains(&bytes.len()) && bytes.iter().all(is_plain)).then_some(id)
}

fn generated() -> HeaderValue {
    let id = Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid().to_string();
    HeaderValue::from_str(&id).expect("a UUID is a valid header")
}

/// The path without the key of a link that unsubscribes, or of a calendar feed.
fn path<B>(request: &axum::http::Request<B>) -> &str {
    let path = request.uri().path();
    [UNSUBSCRIBE, CALENDARS].into_iter().find(|with_key| path.starts_with(with_key)).unwrap_or(path)
}

/// The span of a request in logs and traces. The query is left out, because it may hold tokens.
pub(crate) fn span<B>(request: &axum::http::Request<B>) -> Span {
    let headers = request.headers();
    let span = tracing::error_span!(
        "request",
        http.method = %request.method(),
        http.path = path(request),
        request.id = text(headers, &X_REQUEST_ID),
        trace_id = Empty,
        otel.name = Empty,
        otel.kind = Empty,
    );
    if trace_context::is_enabled() {
        if let Some(traceparent) = text(headers, &TRACEPARENT) {
            trace_context::set_parent(&span, traceparent);
        }
        let (method, route) = (request.method(), route(request));
        span.record("otel.name", format!("{method} {route}"));
        span.record("otel.kind", "server");
        span.set_attribute("http.request.method", method.to_string());
        span.set_attribute("http.route", route.to_owned());
        if let Some(id) = trace_context::trace_id(&span) {
            span.record("trace_id", id);
        }
    }
    span
}

/// The path of the route, with the names of its parameters.
fn route<B>(request: &axum::http::Request<B>) -> &str {
    request.extensions().get::<MatchedPath>().map_or(FALLBACK, MatchedPath::as_str)
}

/// Logs a response at level debug, and records its status in the trace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordResponse;

impl<B> OnResponse<B> for RecordResponse {
    fn on_response(self, response: &axum::http::Response<B>, latency: Duration, span: &Span) {
        if trace_context::is_enabled() {
            let status = response.status();
            span.set_attribute("http.response.status_code", i64::from(status.as_u16()));
            if status.is_server_error() {
                span.set_status(Status::error(""));
            }
        }
        DefaultOnResponse::new().on_response(response, latency, span);
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_span_of_a_request_has_no_key_of_its_path() {
        let shown = |uri: &str| {
            let request = axum::http::Request::builder().uri(uri).body(()).unwrap();
            path(&request).to_owned()
        };
        assert_eq!(shown("/unsubscribe/mcuns_0123/reminders"), "/unsubscribe/");
        assert_eq!(shown("/calendars/mccal_0123.ics"), "/calendars/");
        assert_eq!(shown("/competitions/7?code=secret"), "/competitions/7");
    }
}
