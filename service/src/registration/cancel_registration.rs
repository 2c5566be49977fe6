//! The use case behind `DELETE /api/competitions/:id/register`.

use domain::{CompetitionId, IdempotencyKey, Role};

use crate::{
    Actor, Context, Result,
    admission::{self, AdmissionCommand, Decision},
};

/// Cancels the actor's registration: the seat is free at once, or goes to the first on the waiting
/// list; a registration on the list leaves it. Cancelling it again succeeds and
/// changes nothing.
///
/// # Errors
/// As for [`super::register`].
pub async fn cancel_registration(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    key: Option<IdempotencyKey>,
) -> Result<Decision<()>> {
    let user = actor.require_writer(Role::Participant)?;
    let command = AdmissionCommand::CancelRegistration;
    let decision = admission::execute(ctx, user, competition, command, key).await?;
    decision.try_map(|_| Ok(()))
}
