//! The use case behind `PATCH /api/registrations/:id`.

use domain::{
    ErrorCode, MyRegistration, PublicError, RegistrationId, RegistrationPatch, RegistrationStatus,
    Role, UserId,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
};

use super::mine;
use crate::{
    Actor, Context, Error, Result,
    entity::{answer, competition, question::questions_of, registration},
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
/// Unauthorized, or forbidden for anyone but a participant; [`ErrorCode::NotRegistered`] for an
/// unknown registration, one of another user, and one that was cancelled;
/// [`ErrorCode::RegistrationRejected`]; [`ErrorCode::CompetitionCancelled`];
/// [`ErrorCode::RegistrationClosed`] after the deadline; every wrong answer at once.
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
    let (row, competition) = find(&*tx, user, id).await?;
    require_editable(ctx, &row, &competition)?;
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

/// A registration that the user sees, and its competition.
async fn find(
    tx: &impl ConnectionTrait,
    user: UserId,
    id: RegistrationId,
) -> Result<(registration::Model, competition::Model)> {
    let found = registration::Entity::find_by_id(id)
        .find_also_related(competition::Entity)
        .filter(mine::is_shown_to(user))
        .one(tx)
        .await?;
    let not_found = || PublicError::new(ErrorCode::NotRegistered, "Registration not found");
    let (row, competition) = found.ok_or_else(not_found)?;
    let competition = competition
        .ok_or_else(|| Error::Corrupt(format!("registration {id} has no competition")))?;
    Ok((row, competition))
}

fn require_editable(
    ctx: &Context,
    row: &registration::Model,
    competition: &competition::Model,
) -> Result<(), PublicError> {
    let (code, message) = if row.status == RegistrationStatus::Rejected {
        (ErrorCode::RegistrationRejected, "The organizer has rejected this registration")
    } else if !row.status.is_active() {
        (ErrorCode::NotRegistered, "This registration is cancelled")
    } else if competition.cancelled_at.is_some() {
        (ErrorCode::CompetitionCancelled, "Competition was cancelled")
    } else if competition.reg_deadline <= ctx.now().utc() {
        let message = "Answers can be changed until the registration deadline, which has passed";
        (ErrorCode::RegistrationClosed, message)
    } else {
        return Ok(());
    };
    Err(PublicError::new(code, message))
}
