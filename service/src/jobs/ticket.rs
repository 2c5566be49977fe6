//! A job on its way through Redis.

use std::fmt;

use uuid::Uuid;

use crate::entity::job;

/// Enough to put a job into its list and to find its row: `10:01936f5e-…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// Which list it goes into.
    pub(super) priority: i16,
    pub(super) id: Uuid,
}

impl Ticket {
    /// Reads what [`fmt::Display`] writes; `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (priority, id) = text.split_once(':')?;
        Some(Self { priority: priority.parse().ok()?, id: id.parse().ok()? })
    }
}

impl From<&job::Model> for Ticket {
    fn from(row: &job::Model) -> Self {
        Self { priority: row.priority, id: row.id }
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.priority, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_reads_back_from_its_text() {
        let ticket = Ticket { priority: 10, id: Uuid::from_u128(7) };
        assert_eq!(ticket.to_string(), "10:00000000-0000-0000-0000-000000000007");
        assert_eq!(Ticket::parse(&ticket.to_string()), Some(ticket));
        assert_eq!(Ticket::parse("10"), None);
    }
}
