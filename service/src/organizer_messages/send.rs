//! Sending a message, at once or at a later time.

use chrono::TimeDelta;
use domain::{
    CompetitionId, ErrorCode, MAX_MESSAGES_A_DAY, OrganizerMessage, OrganizerMessageId,
    OrganizerMessageStatus, PublicError, Role, SendMessage, SendMessageInput, UserId,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
};

use super::{deliver::SendOrganizerMessage, find_locked, not_a_draft, recipients::matching, save};
use crate::{
    Actor, Context, Result,
    competitions::get_own,
    entity::{
        competition,
        organizer_message::{Column, Entity, Model},
    },
    infrastructure::db::retry,
    jobs::{self, NewJob},
};

const DAY: TimeDelta = TimeDelta::days(1);

/// Sends a draft to the participants it is for, at once or at the time that the input names. A
/// repeated request changes nothing: a message that is sent already stays as it is.
///
/// # Errors
/// As for [`get_own`]; every fault of the input at once; [`ErrorCode::MessageNotFound`];
/// [`ErrorCode::StaleVersion`] if it was edited since the version that was read;
/// [`ErrorCode::MessageNotDraft`] if it was stopped; [`ErrorCode::NoRecipients`] if nobody would
/// get it now; too many in a day.
pub async fn send(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    id: OrganizerMessageId,
    input: SendMessageInput,
) -> Result<OrganizerMessage> {
    let organizer = actor.require_writer(Role::Organizer)?.id;
    get_own(ctx, actor, competition).await?;
    let input = input.check(ctx.now())?;
    let row = retry(|| attempt(ctx, organizer, competition, id, input)).await?;
    tracing::info!(message.id = %id, competition.id = %competition, "a message is to be sent");
    Ok(row.into_view(ctx.now()))
}

/// Serializable, so that two at once do not exceed the limit of a day.
async fn attempt(
    ctx: &Context,
    organizer: UserId,
    competition: CompetitionId,
    id: OrganizerMessageId,
    SendMessage { version, at }: SendMessage,
) -> Result<Model> {
    let tx = ctx.db.begin_serializable().await?;
    let mut row = find_locked(&*tx, competition, id).await?;
    let now = ctx.now();
    if row.version.unsigned_abs() != version {
        let message = "The message was edited meanwhile. Read it again before you send it";
        return Err(PublicError::new(ErrorCode::StaleVersion, message).into());
    }
    match row.status(now) {
        OrganizerMessageStatus::Draft => {}
        OrganizerMessageStatus::Stopped => return Err(not_a_draft().into()),
        OrganizerMessageStatus::Scheduled
        | OrganizerMessageStatus::Sending
        | OrganizerMessageStatus::Sent => return Ok(row),
    }
    if at.is_none() && matching(competition, &row.to()?).one(&*tx).await?.is_none() {
        let message = "Nobody would get this message. Choose other recipients, or send it later";
        return Err(PublicError::new(ErrorCode::NoRecipients, message).into());
    }
    check_day(ctx, &*tx, organizer).await?;
    row.requested_at = Some(now.utc());
    row.send_at = Some(at.unwrap_or(now).utc());
    let row = save(&*tx, row).await?;
    let job = NewJob::from(SendOrganizerMessage { message_id: id });
    let job = match at {
        Some(at) => job.at(at),
        None => job,
    };
    jobs::add(&*tx, now, [job]).await?;
    tx.commit().await?;
    Ok(row)
}

/// Refuses one message more than an organizer may send in a day.
async fn check_day(ctx: &Context, tx: &impl ConnectionTrait, organizer: UserId) -> Result<()> {
    let own = competition::Entity::find()
        .select_only()
        .column(competition::Column::Id)
        .filter(competition::Column::OrganizerId.eq(organizer));
    let lately = Entity::find()
        .filter(Column::CompetitionId.in_subquery(own.into_query()))
        .filter(Column::RequestedAt.gt(ctx.now().utc() - DAY));
    if lately.count(tx).await? >= MAX_MESSAGES_A_DAY {
        let message = format!("You can send at most {MAX_MESSAGES_A_DAY} messages in 24 hours");
        let seconds = u32::try_from(DAY.num_seconds()).unwrap_or(u32::MAX);
        return Err(PublicError::rate_limited(&message, seconds).into());
    }
    Ok(())
}
