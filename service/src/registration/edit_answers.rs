//! The use case behind `PATCH /api/registrations/:id`.

use domain::{MyRegistration, RegistrationId, RegistrationPatch, Role, UserId};

use super::{mine, replace_answers::replace_answers};
use crate::{
    Actor, Context, Result, answers::values_of, entity::question::questions_of,
    infrastructure::db::retry,
};

/// Replaces the answers of one of the actor's registrations to the questions that its competition
/// asks. Answers to questions that it asks no more stay.
///
/// It does not go through admission, because no seat depends on it: the answers are checked against
/// the questions as the transaction sees them.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but a participant; [`domain::ErrorCode::NotRegistered`]
/// for an unknown registration and one of another user; as for
/// [`domain::RegistrationStatus::check_answers_can_change`]; every wrong answer at once.
pub async fn edit_answers(
    ctx: &Context,
    actor: &Actor,
    id: RegistrationId,
    input: RegistrationPatch,
) -> Result<MyRegistration> {
    let user = actor.require_writer(Role::Participant)?.id;
    retry(|| attempt(ctx, user, id, input.clone())).await?;
    mine::get(ctx, actor, id).await
}

async fn attempt(
    ctx: &Context,
    user: UserId,
    id: RegistrationId,
    input: RegistrationPatch,
) -> Result<()> {
    let tx = ctx.db.begin_serializable().await?;
    let (row, competition) = mine::find(&*tx, user, id).await?;
    let competition = competition.ok_or_else(|| mine::without_competition(id))?;
    let (is_cancelled, deadline) = (competition.cancelled_at.is_some(), competition.reg_deadline);
    row.status.check_answers_can_change(is_cancelled, deadline.into(), ctx.now())?;
    let questions = questions_of(&*tx, [competition.id]).await?;
    let asked = questions.into_values().next().unwrap_or_default().asked;
    let answers = input.check(&asked)?;
    let before = values_of(&*tx, [id]).await?.remove(&id).unwrap_or_default();
    replace_answers(&*tx, row, &before, &asked, answers, ctx.now()).await?;
    tx.commit().await
}
