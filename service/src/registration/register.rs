//! The use case behind `POST /api/competitions/:id/register` and the Register button.

use domain::{CompetitionId, IdempotencyKey, NewRegistration, PublicError, Role};

use crate::{
    Actor, Context, Error, Result,
    admission::{self, Outcome, Wish},
};

/// What a request for a seat came to.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The registration, or why there is none: closed, full, or registered already.
    pub outcome: Result<NewRegistration, PublicError>,
    /// Whether this was answered before, to the same key.
    pub replayed: bool,
}

/// Registers the actor for a competition. Only participants may.
///
/// Once it has begun it is carried through, even if the caller goes away.
///
/// # Errors
/// Unauthorized or forbidden; no such competition; a key that is in flight or was used for another
/// request; too many that wait; a database that is busy or broken.
pub async fn register(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    key: Option<IdempotencyKey>,
) -> Result<Answer> {
    let user = actor.require(Role::Participant)?;
    let answer = admission::ask(ctx, user, competition, Wish::Register, key).await?;
    let outcome = match answer.outcome {
        Ok(Outcome::Registered(registration)) => Ok(*registration),
        Ok(other) => return Err(Error::Corrupt(format!("registering came to {other:?}"))),
        Err(refusal) => Err(refusal),
    };
    Ok(Answer { outcome, replayed: answer.replayed })
}
