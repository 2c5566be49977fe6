//! Whether a request may have changed something, for the boundary that has to answer before it
//! knows.
//!
//! A request that is dropped before its COMMIT is rolled back: nothing was changed. From the COMMIT
//! on, or once admission has its command, only the database knows.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

tokio::task_local! {
    static WATCH: CommitWatch;
}

/// What the work for one request has committed, or may have. Work that is not watched is nobody's
/// request.
#[derive(Clone, Debug, Default)]
pub struct CommitWatch(Arc<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// Transactions that were committed, or whose COMMIT has not been answered.
    commits: AtomicU32,
    /// Whether a statement was sent that is a transaction by itself.
    statement: AtomicBool,
}

impl CommitWatch {
    /// Does the work of a request and notes what it commits.
    pub async fn observe<F: Future>(&self, work: F) -> F::Output {
        WATCH.scope(self.clone(), work).await
    }

    /// Whether something may have been changed by now.
    pub fn may_have_committed(&self) -> bool {
        self.has_committed() || self.0.statement.load(Ordering::Relaxed)
    }

    fn has_committed(&self) -> bool {
        self.0.commits.load(Ordering::Relaxed) > 0
    }
}

/// A COMMIT that has not been answered. Dropped like this, it stays unknown.
pub(crate) struct PendingCommit(Option<CommitWatch>);

impl PendingCommit {
    /// The database has refused it: nothing was changed.
    pub(crate) fn rolled_back(self) {
        if let Some(watch) = self.0 {
            watch.0.commits.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Notes that a COMMIT is sent, or a command handed to admission, which commits in a task of its
/// own.
pub(crate) fn commit_begins() -> PendingCommit {
    let watch = current();
    if let Some(watch) = &watch {
        watch.0.commits.fetch_add(1, Ordering::Relaxed);
    }
    PendingCommit(watch)
}

/// Notes that a statement is sent that is a transaction by itself.
pub(crate) fn statement_begins() {
    if let Some(watch) = current() {
        watch.0.statement.store(true, Ordering::Relaxed);
    }
}

/// Whether the request at hand has committed something before what now fails.
pub(crate) fn has_committed() -> bool {
    current().is_some_and(|watch| watch.has_committed())
}

/// Whether the request at hand has sent a statement of which nothing is known if the connection
/// fails.
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
    async fn only_what_was_not_rolled_back_may_have_been_committed() {
        let watch = CommitWatch::default();
        watch.observe(async { commit_begins().rolled_back() }).await;
        assert!(!watch.may_have_committed());
        watch.observe(async { drop(commit_begins()) }).await;
        assert!(watch.may_have_committed());
    }

    #[tokio::test]
    async fn a_statement_counts_from_the_moment_it_is_sent() {
        let watch = CommitWatch::default();
        watch.observe(async { statement_begins() }).await;
        assert!(watch.may_have_committed() && !watch.has_committed());
    }

    #[test]
    fn work_that_nobody_watches_notes_nothing() {
        drop(commit_begins());
        assert!(!has_committed() && !has_sent_statement());
    }
}
