//! The job that sends a message.

use std::{collections::HashMap, time::Duration};

use chrono::TimeDelta;
use domain::{OrganizerMessageId, OrganizerMessageStatus, RegistrationId, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, Order, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::LockType,
};
use serde::{Deserialize, Serialize};

use super::{recipients::matching, save, words::MessageWords};
use crate::{
    Cause, Context, Position, Result,
    entity::{competition, organizer_message, registration, user},
    infrastructure::{
        db::{bulk::any_of, retry},
        keyset::Keyset,
    },
    jobs::{self, BackgroundJob, Class, Execution, NewJob},
    mail::{
        dedup_keys::ORGANIZER_MESSAGE,
        mailbox::{About, Draft, store_and_enqueue_in_bulk},
    },
};

/// Recipients of one transaction.
const BATCH: u64 = 200;
/// How long after the sending has begun a registration may be dated to get the message: the clocks
/// of processes differ, and nobody who registered before it began is to be left out.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(1);

/// Send a message of an organizer to the participants it is for, once to each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendOrganizerMessage {
    /// Which one.
    pub message_id: OrganizerMessageId,
}

impl BackgroundJob for SendOrganizerMessage {
    const NAME: &'static str = "send_organizer_message";
    const CLASS: Class = Class::Background;
    const PRIORITY: i16 = 11;
    const TIME_LIMIT: Duration = Duration::from_secs(600);

    /// Each batch is committed: a run that is cut off is continued by the next one.
    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        let id = execution.payload().message_id;
        while retry(|| send_some(ctx, id)).await? == Progress::MoreToSend {}
        Ok(())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    MoreToSend,
    /// Everybody has it, or it is not to be sent any more, or another job will send it.
    Ended,
}

/// Adds a job for the time of the message: this one came too early. Its organizer has stopped the
/// message and scheduled it anew, or the clock of another process is ahead.
async fn wait_for_its_time(
    tx: &impl ConnectionTrait,
    message: &organizer_message::Model,
    now: Timestamp,
) -> Result<()> {
    let Some(at) = message.send_at else { return Ok(()) };
    let job = NewJob::from(SendOrganizerMessage { message_id: message.id }).at(at.into());
    jobs::add(tx, now, [job]).await
}

/// Sends the message to the next batch of recipients.
async fn send_some(ctx: &Context, id: OrganizerMessageId) -> Result<Progress> {
    let tx = ctx.db.begin_read_committed().await?;
    // Waits for another run of the job, and for its organizer, who edits or stops it.
    let found = organizer_message::Entity::find_by_id(id).lock(LockType::Update).one(&*tx).await?;
    let Some(mut message) = found else { return Ok(Progress::Ended) };
    let now = ctx.now();
    match message.status(now) {
        OrganizerMessageStatus::Sending => {}
        OrganizerMessageStatus::Scheduled => {
            wait_for_its_time(&*tx, &message, now).await?;
            tx.commit().await?;
            return Ok(Progress::Ended);
        }
        OrganizerMessageStatus::Draft
        | OrganizerMessageStatus::Sent
        | OrganizerMessageStatus::Stopped => return Ok(Progress::Ended),
    }
    let of = competition::Entity::find_by_id(message.competition_id)
        .find_also_related(user::Entity)
        .one(&*tx)
        .await?;
    let Some((competition, Some(organizer))) = of else { return Ok(Progress::Ended) };
    if organizer.email.is_empty() || organizer.disabled_at.is_some() {
        message.stopped_at = Some(now.utc());
        save(&*tx, message).await?;
        tx.commit().await?;
        return Ok(Progress::Ended);
    }
    let recipients = matching(competition.id, &message.to()?);
    let started_at = *message.started_at.get_or_insert(now.utc());
    let until = started_at + CLOCK_SKEW;
    let recipients = recipients.filter(registration::Column::RegisteredAt.lte(until));
    if message.recipients.is_none() {
        let count = recipients.clone().count(&*tx).await?;
        message.recipients = Some(i32::try_from(count).unwrap_or(i32::MAX));
    }
    let last = message.last_registered_at.zip(message.last_registration_id);
    let last = last.map(|(at, id)| Position::at_time(at, id.0));
    use registration::Column::{Id, RegisteredAt};
    let order = Keyset::by_time(RegisteredAt, Id, Order::Asc);
    let rows = order.after(recipients.limit(BATCH), last.as_ref())?.all(&*tx).await?;
    let users = users_of(&*tx, &rows).await?;
    let words = MessageWords::new(ctx, &message, &competition, &organizer);
    let drafts = rows.iter().filter_map(|row| {
        let user = users.get(&row.user_id).filter(|user| !user.email.is_empty())?;
        Some(Draft {
            user: user.id,
            recipient: user.email.clone(),
            mail: words.to(user, row),
            dedup_key: dedup_key(id, row.id),
            about: Some(About::registration(competition.id, row.id, None)),
            cause: Cause::current(),
        })
    });
    let drafts: Vec<_> = drafts.collect();
    message.sent += i32::try_from(drafts.len()).unwrap_or(i32::MAX);
    // Those who have registered since they were counted.
    message.recipients = message.recipients.max(Some(message.sent));
    store_and_enqueue_in_bulk(ctx, &*tx, drafts).await?;
    let is_last = (rows.len() as u64) < BATCH;
    if let Some(last) = rows.last() {
        message.last_registered_at = Some(last.registered_at);
        message.last_registration_id = Some(last.id);
    }
    if is_last {
        message.finished_at = Some(now.utc());
    }
    save(&*tx, message).await?;
    tx.commit().await?;
    Ok(if is_last { Progress::Ended } else { Progress::MoreToSend })
}

async fn users_of(
    tx: &impl ConnectionTrait,
    rows: &[registration::Model],
) -> Result<HashMap<domain::UserId, user::Model>> {
    let these = any_of(tx, user::Column::Id, rows.iter().map(|row| row.user_id));
    let users = user::Entity::find().filter(these).all(tx).await?;
    Ok(users.into_iter().map(|user| (user.id, user)).collect())
}

/// The key of the message in the mailbox of a participant.
pub(super) fn dedup_key(message: OrganizerMessageId, registration: RegistrationId) -> String {
    format!("{ORGANIZER_MESSAGE}{message}:{registration}")
}
