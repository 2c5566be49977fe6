//! A job on its way through Redis.

use std::fmt;

use uuid::Uuid;

use super::class::{ROUTES, route_of};
use crate::entity::job;

/// Enough to put a job into its list and to find its row: `confirm_registration:01936f5e-…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// Which list it goes into; `None` for a job that this program does not know.
    pub(super) list: Option<&'static str>,
    pub(super) id: Uuid,
}

impl Ticket {
    /// The ticket of a job.
    pub(super) fn of(kind: &str, priority: i16, id: Uuid) -> Self {
        Self { list: route_of(kind, priority).map(|route| route.list), id }
    }

    /// Reads what [`fmt::Display`] writes; `None` for anything else, and for a list that this
    /// program does not know.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (list, id) = text.split_once(':')?;
        let route = ROUTES.iter().find(|route| route.list == list)?;
        Some(Self { list: Some(route.list), id: id.parse().ok()? })
    }
}

impl From<&job::Model> for Ticket {
    fn from(row: &job::Model) -> Self {
        Self::of(&row.kind, row.priority, row.id)
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.list.unwrap_or_default(), self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_reads_back_from_its_text() {
        let ticket = Ticket::of("deliver_mail", 15, Uuid::from_u128(7));
        assert_eq!(ticket.to_string(), "deliver_bulk_mail:00000000-0000-0000-0000-000000000007");
        assert_eq!(Ticket::parse(&ticket.to_string()), Some(ticket));
        assert_eq!(Ticket::parse("deliver_bulk_mail"), None);
        assert_eq!(Ticket::parse("retired:00000000-0000-0000-0000-000000000007"), None);
    }

    #[test]
    fn a_job_that_nobody_here_knows_has_no_list() {
        assert_eq!(Ticket::of("retired", 0, Uuid::from_u128(7)).list, None);
        assert_eq!(Ticket::of("deliver_mail", 7, Uuid::from_u128(7)).list, None);
    }
}
