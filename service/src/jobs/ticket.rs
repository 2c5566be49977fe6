//! Tickets, which stand for jobs in Redis.

use std::fmt;

use domain::JobId;

use super::registry::Registry;
use crate::{Context, entity::job};

/// The list that a job waits in, and the id of its row: `confirm_registration:01936f5e-…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// `None` for a job that this program does not know.
    pub(super) list: Option<&'static str>,
    pub(super) id: JobId,
}

impl Ticket {
    /// The ticket of a job.
    pub(crate) fn of(ctx: &Context, row: &job::Model) -> Self {
        Self::new(ctx.jobs, &row.kind, row.priority, row.id)
    }

    pub(crate) fn new(jobs: &Registry, kind: &str, priority: i16, id: JobId) -> Self {
        Self { list: jobs.list_of(kind, priority), id }
    }

    /// Reads what [`fmt::Display`] writes; `None` for anything else, and for a list that this
    /// program does not know.
    pub(crate) fn parse(jobs: &Registry, text: &str) -> Option<Self> {
        let (list, id) = text.split_once(':')?;
        Some(Self { list: Some(jobs.list(list)?), id: id.parse().ok()? })
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.list.unwrap_or_default(), self.id)
    }
}
