//! The use case behind `PATCH /api/competitions/:id`.

use domain::{
    CompetitionId, CompetitionPatch, CompetitionWithOrganizer, IdempotencyKey, IfMatch,
    PublicError, Role,
};

use crate::{
    Actor, Context, Error, Result,
    admission::{self, Outcome, Wish},
    zones,
};

/// What an edit or a cancellation came to.
#[derive(Clone, Debug)]
pub struct Edited {
    /// The competition as it is now, or why it was left as it is: edited by somebody else, cancelled, fewer
    /// seats than are taken, dates out of order.
    pub outcome: Result<CompetitionWithOrganizer, PublicError>,
    /// Whether this was answered before, to the same key.
    pub replayed: bool,
}

/// Changes a competition of the actor's. It waits its turn among those who register, so that the number of seats
/// never falls below those taken.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but its organizer; every fault of the input at once; as for
/// [`crate::registration::register`].
pub async fn edit(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    patch: CompetitionPatch,
    key: Option<IdempotencyKey>,
) -> Result<Edited> {
    edit_if(ctx, actor, competition, patch, key, None).await
}

/// The same, on condition that the competition has one of the versions in `if_match`;
/// [`domain::ErrorCode::PreconditionFailed`] otherwise.
///
/// # Errors
/// As for [`edit`].
pub async fn edit_if(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    patch: CompetitionPatch,
    key: Option<IdempotencyKey>,
    if_match: Option<IfMatch>,
) -> Result<Edited> {
    actor.require(Role::Organizer)?;
    let wish = Wish::Edit(Box::new(patch.check(zones::exists)?));
    ask(ctx, actor, competition, wish.only_if(if_match), key).await
}

/// Asks for a change of a competition of the actor's.
pub(super) async fn ask(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    wish: Wish,
    key: Option<IdempotencyKey>,
) -> Result<Edited> {
    let user = actor.require(Role::Organizer)?;
    let answer = admission::ask(ctx, user, competition, wish, key).await?;
    let outcome = match answer.outcome {
        Ok(Outcome::Edited(competition)) => Ok(*competition),
        Ok(other) => return Err(Error::Corrupt(format!("a change came to {other:?}"))),
        Err(refusal) => Err(refusal),
    };
    Ok(Edited { outcome, replayed: answer.replayed })
}
