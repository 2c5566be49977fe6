//! The use case behind `POST /api/competitions/:id/register` and the Register button.

use domain::{CompetitionId, IdempotencyKey, NewRegistration, Role};

use crate::{
    Actor, Context, Error, Result,
    admission::{self, AdmissionCommand, Decision, Effect},
};

/// Registers the actor for a competition. The request is finished even if this future is dropped.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but a participant; no such competition; a key that is in
/// flight or was used for another request; a service or database that is overloaded or fails.
pub async fn register(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    key: Option<IdempotencyKey>,
) -> Result<Decision<NewRegistration>> {
    let user = actor.require_writer(Role::Participant)?;
    let command = AdmissionCommand::Register;
    let decision = admission::execute(ctx, user, competition, command, key).await?;
    decision.try_map(|effect| match effect {
        Effect::Registered(registration) => Ok(*registration),
        other => Err(Error::Corrupt(format!("the effect of registering is {other:?}"))),
    })
}
