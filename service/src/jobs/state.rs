//! The state of a job.

use sea_orm::sea_query::{Expr, ExprTrait};

use crate::entity::job;

/// The state of a job. A job that is out of attempts has left the table for the dead
/// letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Waiting for a worker or, if delayed, until it is due.
    Waiting,
    /// Claimed by a worker.
    Active,
    /// Acknowledged by its handler.
    Completed,
}

impl State {
    /// The word in the `state` column.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "ready",
            Self::Active => "running",
            Self::Completed => "done",
        }
    }

    /// `state = 'ready'`. The word is part of the statement and not a parameter: each index of
    /// `jobs` holds the jobs of one state, and the planner only uses it where it sees which state
    /// is wanted.
    pub(crate) fn is_state(self) -> Expr {
        Expr::col(job::Column::State).eq(Expr::Constant(self.as_str().into()))
    }
}
