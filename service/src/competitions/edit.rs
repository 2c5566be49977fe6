//! The use case behind `PATCH /api/competitions/:id`.

use domain::{
    CompetitionId, CompetitionPatch, CompetitionWithOrganizer, IdempotencyKey, IfMatch, Role,
};

use super::search;
use crate::{
    Actor, Context, Error, Result,
    admission::{self, AdmissionCommand, Decision, Effect},
    assets::{self, Texts},
    zones,
};

/// Changes a competition of the actor's. Edits go through admission, like registrations, so that
/// the capacity never falls below the number of registrations.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but its organizer; every fault of the input at once, then
/// those of its pictures; as for [`crate::registration::register`].
pub async fn edit(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    patch: CompetitionPatch,
    key: Option<IdempotencyKey>,
) -> Result<Decision<CompetitionWithOrganizer>> {
    edit_if_match(ctx, actor, competition, patch, key, None).await
}

/// The same, refused with [`domain::ErrorCode::PreconditionFailed`] unless the competition has one
/// of the versions in `if_match`.
///
/// # Errors
/// As for [`edit`].
pub async fn edit_if_match(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    patch: CompetitionPatch,
    key: Option<IdempotencyKey>,
    if_match: Option<IfMatch>,
) -> Result<Decision<CompetitionWithOrganizer>> {
    let user = actor.require_writer(Role::Organizer)?;
    let edit = Box::new(patch.check(zones::find)?);
    let cover = edit.cover.as_ref().and_then(Option::as_ref);
    assets::use_as_cover(ctx, user.id, cover).await?;
    assets::use_in_texts(ctx, user.id, Texts::of_edit(&edit)).await?;
    let command = AdmissionCommand::EditCompetition { edit, if_match };
    execute(ctx, actor, competition, command, key).await
}

/// Executes a command that changes a competition of the actor's.
pub(super) async fn execute(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    command: AdmissionCommand,
    key: Option<IdempotencyKey>,
) -> Result<Decision<CompetitionWithOrganizer>> {
    let user = actor.require_writer(Role::Organizer)?;
    let decision = admission::execute(ctx, user, competition, command, key).await?;
    ctx.popular_tags.forget();
    if !decision.replayed && decision.outcome.is_ok() {
        search::index(ctx, competition).await;
    }
    decision.try_map(|effect| match effect {
        Effect::CompetitionChanged(competition) => Ok(*competition),
        other => Err(Error::Corrupt(format!("the effect of a change is {other:?}"))),
    })
}
