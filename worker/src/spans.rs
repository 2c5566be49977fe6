//! The spans in which jobs run: their log lines have the fields of the span, and traces show it.

use service::{Cause, jobs::Claim, trace_context};
use tracing::{Instrument, Span, field::Empty};

/// Runs the work of claimed jobs in a span. Log lines of a job that runs alone have the id of the
/// request that has caused it, and so do the jobs that it adds.
pub(crate) async fn run<T>(claims: &[Claim], work: impl Future<Output = T>) -> T {
    if let [claim] = claims
        && let [cause] = claim.causes()
    {
        let work = work.instrument(span_of_job(claim, cause));
        return match cause.request_id.clone() {
            Some(id) => id.scope(work).await,
            None => work.await,
        };
    }
    let kind = claims.first().map(Claim::kind);
    let batch = tracing::error_span!("job_batch", job.kind = kind, jobs = claims.len());
    // Each trace shows its job for as long as the batch takes.
    let jobs: Vec<_> = if trace_context::is_enabled() {
        let causes =
            claims.iter().flat_map(|claim| claim.causes().iter().map(move |cause| (claim, cause)));
        let traced = causes.filter(|(_, cause)| cause.traceparent.is_some());
        let link = |(claim, cause)| {
            let span = span_of_job(claim, cause);
            span.follows_from(&batch);
            span
        };
        traced.map(link).collect()
    } else {
        Vec::new()
    };
    let done = work.instrument(batch).await;
    drop(jobs);
    done
}

/// A child of the request that has caused the job, or an item of it, however long ago.
fn span_of_job(claim: &Claim, cause: &Cause) -> Span {
    let span = tracing::error_span!(
        parent: None,
        "job",
        job.id = %claim.id,
        job.kind = claim.kind(),
        request.id = cause.request_id(),
        trace_id = Empty,
        otel.name = claim.kind(),
        otel.kind = "consumer",
    );
    if let Some(traceparent) = &cause.traceparent {
        trace_context::set_parent(&span, traceparent);
    }
    if let Some(id) = trace_context::trace_id(&span) {
        span.record("trace_id", id);
    }
    span
}
