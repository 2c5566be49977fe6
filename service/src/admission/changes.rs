//! What a transaction writes.

use domain::{GivenAnswer, InvitationId, RegistrationId, Timestamp, UserId};

use super::parts::NewParts;
use crate::{
    confirmation::ToConfirm,
    entity::{answer, competition, competition_change, registration, registration_event},
    jobs::NewJob,
};

/// Everything that a transaction writes about one competition.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) inserted: Vec<registration::Model>,
    pub(super) updated: Vec<registration::Model>,
    /// The answers of new and renewed registrations.
    pub(super) answers: NewAnswers,
    /// What organizers have decided on registrations.
    pub(super) events: Vec<registration_event::Model>,
    /// Edits that participants are notified of.
    pub(super) competition_changes: Vec<competition_change::Model>,
    /// Registrations to confirm.
    pub(super) to_confirm: Vec<ToConfirm>,
    /// Other jobs to insert.
    pub(super) jobs: Vec<NewJob>,
    /// The competition before and after, if it changes.
    pub(super) competition: Option<(competition::Model, competition::Model)>,
    /// Invitations that registrations were made with.
    pub(super) accepted: Vec<Acceptance>,
    /// The tags and sections that change. Then the competition changes, too.
    pub(super) parts: NewParts,
}

impl Changes {
    pub(super) fn is_empty(&self) -> bool {
        self.inserted.is_empty() && self.updated.is_empty() && self.competition.is_none()
    }
}

/// The first registration with an invitation.
#[derive(Debug)]
pub(super) struct Acceptance {
    pub(super) invitation: InvitationId,
    pub(super) user: UserId,
    pub(super) at: Timestamp,
}

/// The answers of registrations.
#[derive(Debug, Default)]
pub(super) struct NewAnswers {
    /// Registrations whose earlier answers are deleted.
    pub(super) renewed: Vec<RegistrationId>,
    /// The answers to insert.
    pub(super) rows: Vec<answer::Model>,
}

impl NewAnswers {
    /// Adds the answers of a registration. One that was cancelled before is made anew with them.
    pub(super) fn add(&mut self, id: RegistrationId, answers: Vec<GivenAnswer>, is_renewed: bool) {
        if is_renewed {
            self.renewed.push(id);
        }
        self.rows.extend(answer::rows(id, answers));
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.renewed.append(&mut other.renewed);
        self.rows.append(&mut other.rows);
    }
}
