//! Decisions on commands, and which of them are stored.

use domain::{CompetitionWithOrganizer, NewRegistration, PublicError, ReviewedRegistrations};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The decision on a request.
#[derive(Clone, Debug)]
pub struct Decision<T> {
    /// The effect, or the refusal: closed, full, registered already, edited by another user.
    pub outcome: Result<T, PublicError>,
    /// Whether an earlier request with the same `Idempotency-Key` was given this outcome.
    pub replayed: bool,
}

impl<T> Decision<T> {
    /// The same decision with its effect in another form.
    ///
    /// # Errors
    /// As `map`.
    pub(crate) fn try_map<U, E>(
        self,
        map: impl FnOnce(T) -> Result<U, E>,
    ) -> Result<Decision<U>, E> {
        let outcome = match self.outcome {
            Ok(effect) => Ok(map(effect)?),
            Err(refusal) => Err(refusal),
        };
        Ok(Decision { outcome, replayed: self.replayed })
    }
}

impl Decision<Effect> {
    /// The decision on a command that makes a registration.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for the effect of another command.
    pub(crate) fn registered(self) -> Result<Decision<NewRegistration>> {
        self.try_map(|effect| match effect {
            Effect::Registered(registration) => Ok(*registration),
            other => Err(Error::Corrupt(format!("the effect of registering is {other:?}"))),
        })
    }
}

/// The effect of a command. An idempotency record holds the JSON of the value inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Effect {
    /// The user is registered.
    Registered(Box<NewRegistration>),
    /// The competition as it is after an edit or its cancellation.
    CompetitionChanged(Box<CompetitionWithOrganizer>),
    /// What became of the registrations of a review.
    RegistrationsReviewed(Box<ReviewedRegistrations>),
    /// The user is not registered.
    RegistrationCancelled,
}

/// The ruling on a command, before its batch is committed.
#[derive(Debug)]
pub(super) enum Verdict {
    Granted(Effect),
    /// A rule is against it.
    Refused(PublicError),
    /// There is nothing to apply it to: the user has never registered, or the answers are wrong.
    NotApplicable(PublicError),
}

impl Verdict {
    /// Whether the verdict is stored under the request's `Idempotency-Key`. A command that was not
    /// applicable leaves its key unused.
    pub(super) fn is_stored(&self) -> bool {
        match self {
            Self::Granted(_) | Self::Refused(_) => true,
            Self::NotApplicable(_) => false,
        }
    }

    pub(super) fn into_outcome(self) -> Result<Effect, PublicError> {
        match self {
            Self::Granted(effect) => Ok(effect),
            Self::Refused(refusal) | Self::NotApplicable(refusal) => Err(refusal),
        }
    }
}
