//! The outcomes of commands, as metrics count them.

use domain::{ErrorCode, PublicError, RegistrationStatus};

use super::{AdmissionCommand, Decision, Effect};
use crate::{
    Error, Result,
    metrics::{ADMISSION, ByLabel},
};

/// The counters of the outcomes of a command; `None` for one that only organizers give.
pub(super) fn counters(command: &AdmissionCommand) -> Option<&'static ByLabel> {
    match command {
        AdmissionCommand::Register(_) => Some(&ADMISSION.registrations),
        AdmissionCommand::CancelRegistration => Some(&ADMISSION.cancellations),
        AdmissionCommand::EditCompetition { .. }
        | AdmissionCommand::CancelCompetition { .. }
        | AdmissionCommand::ReviewRegistrations(_)
        | AdmissionCommand::AddParticipant { .. } => None,
    }
}

/// Whether the request is decided again because the questions have changed: it is counted once.
pub(super) fn is_tried_again(result: &Result<Decision<Effect>>) -> bool {
    let refusal = result.as_ref().ok().and_then(|decision| decision.outcome.as_ref().err());
    refusal.is_some_and(|refusal| refusal.code == ErrorCode::QuestionsChanged)
}

/// The outcome of a command as a label, one that `metrics` knows.
pub(super) fn label(result: &Result<Decision<Effect>>) -> &'static str {
    match result {
        Ok(Decision { replayed: true, .. }) => "replayed",
        Ok(Decision { outcome: Ok(Effect::Registered(new)), .. }) => {
            match new.registration.status {
                RegistrationStatus::Waitlisted => "waitlisted",
                RegistrationStatus::AwaitingApproval => "awaiting_approval",
                _ => "accepted",
            }
        }
        Ok(Decision { outcome: Ok(_), .. }) => "accepted",
        Ok(Decision { outcome: Err(refusal), .. }) => refused(refusal),
        Err(Error::Public(refusal)) => refused(refusal),
        Err(_) => "failed",
    }
}

fn refused(refusal: &PublicError) -> &'static str {
    match refusal.code {
        ErrorCode::AlreadyRegistered => "already_registered",
        ErrorCode::NotRegistered => "not_registered",
        ErrorCode::RegistrationRejected => "rejected",
        ErrorCode::ValidationFailed => "wrong_answers",
        ErrorCode::AccessCodeRequired
        | ErrorCode::AccessCodeInvalid
        | ErrorCode::AccessCodeUsedUp => "access_code",
        ErrorCode::CompetitionFull => "full",
        ErrorCode::RegistrationClosed | ErrorCode::CompetitionOver => "closed",
        ErrorCode::RegistrationNotOpen => "not_open",
        ErrorCode::CompetitionCancelled => "cancelled",
        ErrorCode::CompetitionNotFound => "not_found",
        ErrorCode::IdempotencyInFlight | ErrorCode::IdempotencyKeyReused => "key_conflict",
        ErrorCode::Overloaded => "overloaded",
        ErrorCode::OutcomeUnknown => "unknown",
        _ => "failed",
    }
}
