//! The use case behind `DELETE /api/competitions/:id/register`.

use domain::{CompetitionId, IdempotencyKey, PublicError, Role};

use crate::{
    Actor, Context, Result,
    admission::{self, Wish},
};

/// What giving a seat back came to.
#[derive(Clone, Debug)]
pub struct Cancelled {
    /// Nothing, or why there is no seat to give back.
    pub outcome: Result<(), PublicError>,
    /// Whether this was answered before, to the same key.
    pub replayed: bool,
}

/// Gives the actor's seat back; somebody else can have it at once. Giving it back again changes nothing.
///
/// # Errors
/// As for [`super::register`].
pub async fn cancel(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    key: Option<IdempotencyKey>,
) -> Result<Cancelled> {
    let user = actor.require(Role::Participant)?;
    let answer = admission::ask(ctx, user, competition, Wish::Cancel, key).await?;
    Ok(Cancelled { outcome: answer.outcome.map(|_| ()), replayed: answer.replayed })
}
