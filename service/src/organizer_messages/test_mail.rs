//! Trying a message: its organizer gets it alone.

use chrono::TimeDelta;
use domain::{CompetitionId, OrganizerMessageId, PublicError, Role, UserId};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{not_found, words::MessageWords};
use crate::{
    Actor, Cause, Context, Error, Result,
    competitions::get_own,
    entity::{
        competition, mail,
        organizer_message::{Column, Entity},
        user,
    },
    infrastructure::{db::retry, ids::new_id},
    mail::{
        dedup_keys::ORGANIZER_MESSAGE_TEST,
        mailbox::{About, Draft, store_and_enqueue},
    },
};

/// Test mails that an organizer gets in [`HOUR`].
const MAX_TESTS: u64 = 10;
const HOUR: TimeDelta = TimeDelta::hours(1);

/// Sends a message of one of the actor's own competitions to the actor alone: to their mailbox and,
/// if this installation sends mail, to their address.
///
/// # Errors
/// As for [`get_own`]; [`ErrorCode::MessageNotFound`]; [`ErrorCode::RateLimited`].
pub async fn send_test(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    id: OrganizerMessageId,
) -> Result<()> {
    let user = actor.require_writer(Role::Organizer)?.id;
    get_own(ctx, actor, competition).await?;
    retry(|| attempt(ctx, user, competition, id)).await
}

/// Serializable, so that two at once do not exceed the limit.
async fn attempt(
    ctx: &Context,
    user: UserId,
    competition: CompetitionId,
    id: OrganizerMessageId,
) -> Result<()> {
    let tx = ctx.db.begin_serializable().await?;
    let found = Entity::find_by_id(id).filter(Column::CompetitionId.eq(competition));
    let message = found.one(&*tx).await?.ok_or_else(not_found)?;
    let lately = mail::Entity::find()
        .filter(mail::Column::UserId.eq(user))
        .filter(mail::Column::SentAt.gt(ctx.now().utc() - HOUR))
        .filter(mail::Column::DedupKey.starts_with(ORGANIZER_MESSAGE_TEST));
    if lately.count(&*tx).await? >= MAX_TESTS {
        let message = format!("You can send yourself at most {MAX_TESTS} test mails in an hour");
        let seconds = u32::try_from(HOUR.num_seconds()).unwrap_or(u32::MAX);
        return Err(PublicError::rate_limited(&message, seconds).into());
    }
    let competition = competition::Entity::find_by_id(competition).one(&*tx).await?;
    let organizer = user::Entity::find_by_id(user).one(&*tx).await?;
    let (Some(competition), Some(organizer)) = (competition, organizer) else {
        return Err(Error::Public(PublicError::competition_not_found()));
    };
    let draft = Draft {
        user,
        recipient: organizer.email.clone(),
        mail: MessageWords::new(ctx, &message, &competition, &organizer).test(&organizer),
        dedup_key: format!("{ORGANIZER_MESSAGE_TEST}{id}:{}", new_id()),
        about: Some(About { competition: competition.id, registration: None, calendar: None }),
        cause: Cause::current(),
    };
    store_and_enqueue(ctx, &*tx, vec![draft]).await?;
    tx.commit().await
}
