//! The span of a transaction of admission.

use tracing::Span;

use super::command::Request;
use crate::infrastructure::trace_context;

/// The span of the transaction that decides `requests`. In a trace it is a child of the first
/// request, and it is linked to all.
pub(super) fn batch_span(requests: &[&Request]) -> Span {
    let alone = if let [request] = requests { request.cause.request_id() } else { None };
    let mut competitions: Vec<_> = requests.iter().map(|request| request.competition).collect();
    competitions.sort_unstable();
    competitions.dedup();
    let only = if let [competition] = competitions[..] { Some(competition) } else { None };
    let span = tracing::error_span!(
        parent: None,
        "admission_batch",
        competition.id = only.map(tracing::field::display),
        batch.competitions = competitions.len(),
        batch.size = requests.len(),
        request.id = alone,
    );
    let traced = || requests.iter().filter_map(|request| request.cause.traceparent.as_deref());
    if let Some(first) = traced().find(|traceparent| traceparent.ends_with("-01")) {
        trace_context::set_parent(&span, first);
    }
    traced().for_each(|traceparent| trace_context::add_link(&span, traceparent));
    span
}
