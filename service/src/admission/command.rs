//! Commands about a competition.

use std::time::Instant;

use domain::{CompetitionEdit, CompetitionId, IfMatch, RegistrationId, Review, User, UserId};

use super::registration_form::RegistrationForm;
use crate::{
    Cause,
    idempotency::{KeyLock, RequestKey},
};

/// Answers that a registration has without weighing more.
const ANSWERS_OF_ONE: usize = 16;

/// A command that must run one after the other with all others for its competition.
#[derive(Debug)]
pub(crate) enum AdmissionCommand {
    /// Register the user.
    Register(RegistrationForm),
    /// Cancel the registration of the user.
    CancelRegistration,
    /// Change fields of the competition, if it has one of the versions in `if_match`.
    EditCompetition { edit: Box<CompetitionEdit>, if_match: Option<IfMatch> },
    /// Cancel the competition, if it has one of the versions in `if_match` or is cancelled already.
    CancelCompetition { if_match: Option<IfMatch> },
    /// Approve, promote or reject registrations of others.
    ReviewRegistrations(Review),
    /// Register another user; if `adds_seat`, with a new seat when none is free.
    AddParticipant { participant: Box<User>, adds_seat: bool },
}

/// A command, the competition that it is about, the user who gave it, and its `Idempotency-Key`.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) competition: CompetitionId,
    pub(super) user: User,
    pub(super) command: AdmissionCommand,
    pub(super) keyed: Option<Keyed>,
    /// Of the jobs that the command adds.
    pub(super) cause: Cause,
    /// When it was queued.
    pub(super) since: Instant,
}

/// The `Idempotency-Key` of a request, locked while the request is in flight.
#[derive(Debug)]
pub(super) struct Keyed {
    pub(super) key: RequestKey,
    pub(super) lock: KeyLock,
}

impl Request {
    /// How much a transaction reads and writes for it: as much as for so many registrations.
    pub(super) fn weight(&self) -> usize {
        match &self.command {
            AdmissionCommand::Register(RegistrationForm { answers: Some(answers), .. }) => {
                1 + answers.rows() / ANSWERS_OF_ONE
            }
            command => command.reviewed().len().max(1),
        }
    }

    /// The user whose registration the decision depends on, unless [`AdmissionCommand::reviewed`]
    /// names registrations by their ids.
    pub(super) fn registrant(&self) -> Option<UserId> {
        match &self.command {
            AdmissionCommand::Register(_) | AdmissionCommand::CancelRegistration => {
                Some(self.user.id)
            }
            AdmissionCommand::AddParticipant { participant, .. } => Some(participant.id),
            _ => None,
        }
    }
}

#[cfg(test)]
impl Request {
    /// A request to register, without a key.
    pub(super) fn to_register(competition: CompetitionId, actor: &crate::Actor) -> Self {
        Self {
            competition,
            user: actor.user().expect("a user who is logged in").clone(),
            command: AdmissionCommand::Register(RegistrationForm::default()),
            keyed: None,
            cause: Cause::default(),
            since: Instant::now(),
        }
    }
}

impl AdmissionCommand {
    /// The registrations of others that the decision depends on.
    pub(super) fn reviewed(&self) -> &[RegistrationId] {
        match self {
            Self::ReviewRegistrations(review) => &review.registrations,
            _ => &[],
        }
    }

    /// The seats that it may free, when the competition has `capacity` seats.
    pub(super) fn may_free(&self, capacity: i32) -> u64 {
        match self {
            Self::CancelRegistration => 1,
            Self::EditCompetition { edit, .. } => {
                let new = edit.capacity.map_or(0, i64::from);
                u64::try_from(new - i64::from(capacity)).unwrap_or(0)
            }
            Self::ReviewRegistrations(review) => review.registrations.len() as u64,
            Self::Register(_) | Self::CancelCompetition { .. } | Self::AddParticipant { .. } => 0,
        }
    }

    /// Whether it changes more of the competition than its seats. The decision then depends on its
    /// texts, tags and sections.
    pub(super) fn edits_competition(&self) -> bool {
        matches!(self, Self::EditCompetition { .. } | Self::CancelCompetition { .. })
    }
}

#[cfg(test)]
mod tests {
    use domain::ReviewVerdict;
    use uuid::Uuid;

    use super::*;
    use crate::admission::answered_form::choosing;

    #[test]
    fn a_request_weighs_as_many_registrations_as_it_is_about() {
        let review = Review {
            registrations: vec![RegistrationId(Uuid::nil()); 100],
            verdict: ReviewVerdict::Approve,
        };
        let mut request = Request {
            competition: CompetitionId(Uuid::nil()),
            user: User {
                id: UserId(Uuid::nil()),
                email: String::new(),
                name: String::new(),
                role: domain::Role::Organizer,
                roles: vec![domain::Role::Organizer],
                time_zone: None,
                email_verified: true,
                email_refused: false,
            },
            command: AdmissionCommand::Register(RegistrationForm::default()),
            keyed: None,
            cause: Cause::default(),
            since: Instant::now(),
        };
        assert_eq!(request.weight(), 1);
        request.command = AdmissionCommand::ReviewRegistrations(review);
        assert_eq!(request.weight(), 100);
        request.command = AdmissionCommand::Register(choosing(50).into());
        assert_eq!(request.weight(), 4);
    }
}
