//! What a transaction writes.

use super::parts::NewParts;
use crate::{
    confirmation::ToConfirm,
    entity::{competition, registration, registration_event},
    jobs::NewJob,
};

/// Everything that a transaction writes about one competition.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) inserted: Vec<registration::Model>,
    pub(super) updated: Vec<registration::Model>,
    /// What organizers have decided on registrations.
    pub(super) events: Vec<registration_event::Model>,
    /// Registrations to confirm.
    pub(super) to_confirm: Vec<ToConfirm>,
    /// Other jobs to insert.
    pub(super) jobs: Vec<NewJob>,
    /// The competition before and after, if it changes.
    pub(super) competition: Option<(competition::Model, competition::Model)>,
    /// The tags and sections that change. Then the competition changes, too.
    pub(super) parts: NewParts,
}

impl Changes {
    pub(super) fn is_empty(&self) -> bool {
        self.inserted.is_empty() && self.updated.is_empty() && self.competition.is_none()
    }
}
