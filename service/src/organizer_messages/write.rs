//! Writing a message: it is a draft until it is sent.

use domain::{
    CompetitionId, ErrorCode, MAX_MESSAGES, OrganizerMessage, OrganizerMessageDraft,
    OrganizerMessageId, OrganizerMessageInput, OrganizerMessageStatus, PublicError, Role,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, PaginatorTrait, QueryFilter};

use super::{find_locked, not_a_draft, save};
use crate::{
    Actor, Context, Result,
    competitions::get_own,
    entity::organizer_message::{Column, Entity, Model},
    infrastructure::{db::retry, ids::new_id},
};

/// Writes a message to participants of one of the actor's own competitions. It stays a draft until
/// it is sent.
///
/// # Errors
/// As for [`get_own`]; every fault of the input at once; [`ErrorCode::TooManyMessages`].
pub async fn create(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    input: OrganizerMessageInput,
) -> Result<OrganizerMessage> {
    actor.require_writer(Role::Organizer)?;
    get_own(ctx, actor, competition).await?;
    let draft = input.check()?;
    let row = retry(|| attempt(ctx, competition, draft.clone())).await?;
    Ok(row.into_view(ctx.now()))
}

/// Serializable, so that two at once do not exceed the limit.
async fn attempt(
    ctx: &Context,
    competition: CompetitionId,
    draft: OrganizerMessageDraft,
) -> Result<Model> {
    let tx = ctx.db.begin_serializable().await?;
    let all = Entity::find().filter(Column::CompetitionId.eq(competition));
    if all.count(&*tx).await? >= MAX_MESSAGES {
        let message = format!(
            "A competition can have at most {MAX_MESSAGES} messages. Delete drafts that you do not \
             need"
        );
        return Err(PublicError::new(ErrorCode::TooManyMessages, message).into());
    }
    let row = Model::draft(OrganizerMessageId(new_id()), competition, draft, ctx.now());
    Entity::insert(row.clone().into_active_model()).exec_without_returning(&*tx).await?;
    tx.commit().await?;
    Ok(row)
}

/// Edits a draft. Absent fields stay unchanged.
///
/// # Errors
/// As for [`get_own`]; [`ErrorCode::MessageNotFound`]; [`ErrorCode::MessageNotDraft`]; every fault
/// of the input at once.
pub async fn edit(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    id: OrganizerMessageId,
    input: OrganizerMessageInput,
) -> Result<OrganizerMessage> {
    actor.require_writer(Role::Organizer)?;
    get_own(ctx, actor, competition).await?;
    let row = retry(|| async {
        let tx = ctx.db.begin_read_committed().await?;
        let mut row = find_locked(&*tx, competition, id).await?;
        if row.status(ctx.now()) != OrganizerMessageStatus::Draft {
            return Err(not_a_draft().into());
        }
        row.write(input.clone().over(&row.clone().into_view(ctx.now())).check()?);
        let row = save(&*tx, row).await?;
        tx.commit().await?;
        Ok(row)
    });
    Ok(row.await?.into_view(ctx.now()))
}

/// Deletes a draft.
///
/// # Errors
/// As for [`get_own`]; [`ErrorCode::MessageNotFound`]; [`ErrorCode::MessageNotDraft`].
pub async fn delete(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    id: OrganizerMessageId,
) -> Result<()> {
    actor.require_writer(Role::Organizer)?;
    get_own(ctx, actor, competition).await?;
    retry(|| async {
        let tx = ctx.db.begin_read_committed().await?;
        let row = find_locked(&*tx, competition, id).await?;
        if row.status(ctx.now()) != OrganizerMessageStatus::Draft {
            return Err(not_a_draft().into());
        }
        row.delete(&*tx).await?;
        tx.commit().await
    })
    .await
}
