//! Tickets, which stand for jobs in Redis.

use std::fmt;

use domain::JobId;

use super::registry::Registry;
use crate::{Context, entity::job};

/// The list that a job waits in, the id of its row and, if there are several, its items:
/// `confirm_registrations:01936f5e-…:64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// `None` for a job that this program does not know.
    pub(super) list: Option<&'static str>,
    pub(super) id: JobId,
    pub(super) items: i32,
}

impl Ticket {
    /// The ticket of a job.
    pub(crate) fn of(ctx: &Context, row: &job::Model) -> Self {
        Self::new(ctx.jobs, &row.kind, row.priority, row.id).of_items(row.items)
    }

    pub(crate) fn new(jobs: &Registry, kind: &str, priority: i16, id: JobId) -> Self {
        Self { list: jobs.list_of(kind, priority), id, items: 1 }
    }

    /// The same for a job of so many items.
    pub(crate) fn of_items(self, items: i32) -> Self {
        Self { items, ..self }
    }

    /// Reads what [`fmt::Display`] writes; `None` for anything else, and for a list that this
    /// program does not know.
    pub(crate) fn parse(jobs: &Registry, text: &str) -> Option<Self> {
        let (list, rest) = text.split_once(':')?;
        let (id, items) = rest.split_once(':').unwrap_or((rest, "1"));
        let (list, id, items) = (jobs.list(list)?, id.parse().ok()?, items.parse().ok()?);
        Some(Self { list: Some(list), id, items })
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.list.unwrap_or_default(), self.id)?;
        if self.items > 1 { write!(f, ":{}", self.items) } else { Ok(()) }
    }
}
