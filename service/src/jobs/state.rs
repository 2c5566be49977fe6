//! Where a job is in its life.

use sea_orm::sea_query::{Expr, ExprTrait};

use crate::entity::job;

/// Where a job is in its life. One that was given up has left the table for the dead letter queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Waiting for a worker or for its time.
    Ready,
    /// In the hands of a worker.
    Running,
    /// Finished.
    Done,
}

impl State {
    /// The word in the `state` column.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Done => "done",
        }
    }

    /// `state = 'ready'`. The word stands in the statement itself, not in a parameter: each index of `jobs` holds the
    /// jobs of one state, and is only used where the planner sees that they are asked for.
    pub(crate) fn is_state(self) -> Expr {
        Expr::col(job::Column::State).eq(Expr::Constant(self.as_str().into()))
    }
}
