//! Tracks whether a request may have committed, for responses that are sent before the outcome is
//! known, after a timeout for example.
//!
//! A request that is dropped before its COMMIT is rolled back. Once the COMMIT is sent, or a
//! command is queued in admission, only the database knows the outcome.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

tokio::task_local! {
    static WATCH: CommitWatch;
}

/// The commits of one request. Work outside of [`observe`](Self::observe) is not tracked.
#[derive(Clone, Debug, Default)]
pub struct CommitWatch(Arc<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// Transactions that were committed, or whose COMMIT has no response yet.
    commits: AtomicU32,
    /// Whether a write statement was sent outside a transaction.
    statement: AtomicBool,
}

impl CommitWatch {
    /// Runs the work of a request and tracks its commits.
    pub async fn observe<F: Future>(&self, work: F) -> F::Output {
        WATCH.scope(self.clone(), work).await
    }

    /// Whether the request may have changed something.
    pub fn may_have_committed(&self) -> bool {
        self.has_committed() || self.0.statement.load(Ordering::Relaxed)
    }

    fn has_committed(&self) -> bool {
        self.0.commits.load(Ordering::Relaxed) > 0
    }
}

/// A COMMIT without a response. Dropping it leaves its outcome unknown.
pub(crate) struct PendingCommit(Option<CommitWatch>);

impl PendingCommit {
    /// Records that it was refused: nothing was changed.
    pub(crate) fn rolled_back(self) {
        if let Some(watch) = self.0 {
            watch.0.commits.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Records that a COMMIT is sent, or a command is queued in admission, which commits in a task of
/// its own.
pub(crate) fn commit_begins() -> PendingCommit {
    let watch = current();
    if let Some(watch) = &watch {
        watch.0.commits.fetch_add(1, Ordering::Relaxed);
    }
    PendingCommit(watch)
}

/// Records that a write statement is sent outside a transaction.
pub(crate) fn statement_begins() {
    if let Some(watch) = current() {
        watch.0.statement.store(true, Ordering::Relaxed);
    }
}

/// Whether the current request has committed, or may have.
pub(crate) fn has_committed() -> bool {
    current().is_some_and(|watch| watch.has_committed())
}

/// Whether the current request has sent a write statement outside a transaction.
pub(crate) fn has_sent_statement() -> bool {
    current().is_some_and(|watch| watch.0.statement.load(Ordering::Relaxed))
}

fn current() -> Option<CommitWatch> {
    WATCH.try_with(CommitWatch::clone).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_commit_that_was_refused_does_not_count() {
        let watch = CommitWatch::default();
        watch.observe(async { commit_begins().rolled_back() }).await;
        assert!(!watch.may_have_committed());
        watch.observe(async { drop(commit_begins()) }).await;
        assert!(watch.may_have_committed());
    }

    #[tokio::test]
    async fn a_statement_outside_a_transaction_counts_once_it_is_sent() {
        let watch = CommitWatch::default();
        watch.observe(async { statement_begins() }).await;
        assert!(watch.may_have_committed() && !watch.has_committed());
    }

    #[test]
    fn work_outside_of_a_request_is_not_tracked() {
        drop(commit_begins());
        assert!(!has_committed() && !has_sent_statement());
    }
}
