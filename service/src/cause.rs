//! The request that causes work. Its jobs carry its id and its trace, so that the log lines and the
//! spans of a job can be found by the request.

use std::sync::Arc;

use tracing::Span;

use crate::infrastructure::trace_context;

tokio::task_local! {
    static REQUEST_ID: Arc<str>;
}

/// The id of a request, as its `X-Request-Id` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// An id that was checked or generated.
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// The id of the request that this task serves, or of the request that caused the job that this
    /// task runs.
    pub fn current() -> Option<Self> {
        REQUEST_ID.try_with(|id| Self(Arc::clone(id))).ok()
    }

    /// Runs the work of a request. Tasks that it spawns have no request unless they are scoped too.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        REQUEST_ID.scope(self.0, work).await
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The request that causes a job, and the span that it was serving.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// `None` for a job of the cron schedule or of a command.
    pub request_id: Option<RequestId>,
    /// The W3C `traceparent` of the span; `None` while traces are off.
    pub traceparent: Option<Arc<str>>,
}

impl Cause {
    /// The request that this task serves.
    pub(crate) fn current() -> Self {
        Self {
            request_id: RequestId::current(),
            traceparent: trace_context::of(&Span::current()).map(Into::into),
        }
    }

    /// The cause that the row of a job has.
    pub(crate) fn stored(request_id: Option<&str>, traceparent: Option<&str>) -> Self {
        Self {
            request_id: request_id.map(RequestId::new),
            traceparent: traceparent.map(Into::into),
        }
    }

    /// The id and the trace context as columns have them.
    pub(crate) fn into_stored(self) -> (Option<String>, Option<String>) {
        (
            self.request_id.map(|id| id.as_str().to_owned()),
            self.traceparent.map(|parent| parent.to_string()),
        )
    }

    /// The id of the request, for a field of a log line.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_ref().map(RequestId::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_cause_has_the_id_of_the_request_that_is_served() {
        assert_eq!(Cause::current(), Cause::default());
        let cause = RequestId::new("r-7").scope(async { Cause::current() }).await;
        assert_eq!(cause.request_id(), Some("r-7"));
        assert_eq!(cause.traceparent, None, "traces are off");
    }
}
