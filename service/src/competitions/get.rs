//! Single competitions.

use std::collections::HashMap;

use domain::{CompetitionDetail, CompetitionId, ErrorCode, PublicError, Question, Role};
use sea_orm::{EntityTrait, QueryFilter};

use super::{details::details, organizer::shown_to, visible_to};
use crate::{
    Actor, Context, Result,
    entity::{competition, competition_sections::sections_of, question::questions_of, user},
    infrastructure::{coalesced_read::read_each, combiner::Combiner, db::bulk},
};

/// One competition as visitors see it, open or not.
///
/// # Errors
/// [`ErrorCode::CompetitionNotFound`], also for a draft.
pub async fn get(ctx: &Context, id: CompetitionId) -> Result<CompetitionDetail> {
    get_visible_to(ctx, &Actor::anonymous(), id).await
}

/// One competition that the actor may see, open or not. A draft must not be stored for others.
///
/// # Errors
/// [`ErrorCode::CompetitionNotFound`], also for a draft of another organizer.
pub async fn get_visible_to(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
) -> Result<CompetitionDetail> {
    let detail = find(ctx, id).await?.ok_or_else(PublicError::competition_not_found)?;
    let competition = &detail.competition;
    visible_to(actor, competition.organizer_id, competition.visibility)?;
    Ok(shown_to(ctx, actor, detail))
}

/// What one competition asks, a draft or not, and the version of it.
///
/// # Errors
/// [`ErrorCode::CompetitionNotFound`].
pub(crate) async fn questions(ctx: &Context, id: CompetitionId) -> Result<(Vec<Question>, u32)> {
    let detail = find(ctx, id).await?.ok_or_else(PublicError::competition_not_found)?;
    Ok((detail.questions, detail.questions_version))
}

/// One competition, a draft or not: concurrent reads for all viewers are shared.
async fn find(ctx: &Context, id: CompetitionId) -> Result<Option<CompetitionDetail>> {
    let (shared, ctx) = (ctx.clone(), ctx.clone());
    let load = move |ids: Vec<CompetitionId>| {
        let ctx = ctx.clone();
        async move { read_each(&ctx.db, &ids, || load(&ctx, &ids)).await }
    };
    shared.details.submit((), id, load).await
}

/// One competition of the actor's own, open or not.
///
/// # Errors
/// [`ErrorCode::CompetitionNotFound`]; unauthorized, or forbidden for anyone but its organizer.
/// The draft of another organizer is not found.
pub async fn get_own(ctx: &Context, actor: &Actor, id: CompetitionId) -> Result<CompetitionDetail> {
    let user = actor.require(Role::Organizer)?;
    let detail = get_visible_to(ctx, actor, id).await?;
    if detail.competition.organizer_id == user.id {
        return Ok(detail);
    }
    let message = "This is the competition of another organizer";
    Err(PublicError::new(ErrorCode::Forbidden, message).into())
}

/// One competition of the actor's own that can be changed.
///
/// # Errors
/// As for [`get_own`]; [`ErrorCode::CancelledIsFinal`].
pub async fn get_editable(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
) -> Result<CompetitionDetail> {
    let detail = get_own(ctx, actor, id).await?;
    if detail.competition.is_cancelled() {
        Err(PublicError::cancelled_is_final().into())
    } else {
        Ok(detail)
    }
}

/// Coalesces concurrent reads of competitions.
pub(crate) type Details = Combiner<(), CompetitionId, Option<CompetitionDetail>>;

async fn load(
    ctx: &Context,
    ids: &[CompetitionId],
) -> Result<HashMap<CompetitionId, CompetitionDetail>> {
    let db = ctx.db.connection();
    // The row first: questions that are edited in between are newer than its version, and admission
    // refuses answers to them.
    let rows = competition::Entity::find()
        .find_also_related(user::Entity)
        .filter(bulk::any_of(db, competition::Column::Id, ids.iter().copied()))
        .all(db)
        .await?;
    let mut sections = sections_of(db, rows.iter().map(|(row, _)| row.id)).await?;
    let asking = rows.iter().filter(|(row, _)| row.questions_version > 0).map(|(row, _)| row.id);
    let mut questions = questions_of(db, asking).await?;
    let whole = |detail: CompetitionDetail| {
        let id = detail.competition.id;
        let sections = sections.remove(&id).unwrap_or_default();
        let questions = questions.remove(&id).unwrap_or_default().asked;
        (id, CompetitionDetail { sections, questions, ..detail })
    };
    Ok(details(db, rows).await?.into_iter().map(whole).collect())
}
