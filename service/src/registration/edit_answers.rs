//! The use case behind `PATCH /api/registrations/:id`.

use domain::{MyRegistration, RegistrationId, RegistrationPatch, Role, UserId};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};

use super::mine;
use crate::{
    Actor, Context, Result,
    entity::{answer, question::questions_of},
    infrastructure::db::{
        bulk::{self, any_of},
        retry,
    },
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
    answer::Entity::delete_many()
        .filter(answer::Column::RegistrationId.eq(id))
        .filter(any_of(&*tx, answer::Column::QuestionId, asked.iter().map(|asked| asked.id)))
        .exec(&*tx)
        .await?;
    bulk::insert(&*tx, answer::rows(id, answers).collect()).await?;
    let mut row = row.into_active_model();
    row.updated_at = Set(ctx.now().utc());
    row.update(&*tx).await?;
    tx.commit().await
}
