//! The span of a batch.

use domain::CompetitionId;
use tracing::Span;

use super::command::Request;
use crate::infrastructure::trace_context;

/// The span of a batch. In a trace it is a child of the first request, and it is linked to all.
pub(super) fn batch_span(competition: CompetitionId, requests: &[Request]) -> Span {
    let alone = if let [request] = requests { request.cause.request_id() } else { None };
    let span = tracing::error_span!(
        parent: None,
        "admission_batch",
        competition.id = %competition,
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
