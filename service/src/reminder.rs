//! Reminding participants of competitions that start soon.

use std::time::Duration;

use askama::Template;
use chrono::TimeDelta;
use domain::{RegistrationId, RegistrationStatus, Timestamp, UserId};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait,
    prelude::DateTimeUtc,
    sea_query::{Expr, LockBehavior, LockType},
};
use serde::{Deserialize, Serialize};

use crate::{
    Cause, Context, Result,
    cancellation_notice::takes_place,
    entity::{competition, registration, user},
    jobs::{BackgroundJob, Class, Execution},
    mail::{
        mailbox::{Draft, store_and_enqueue_in_bulk},
        templates::{RenderedMail, UserText},
        when_and_where::WhenAndWhere,
    },
    zones,
};

/// How long before the start a reminder is sent.
const BEFORE_START: TimeDelta = TimeDelta::hours(24);
/// Reminders sent by one transaction.
const BATCH: u64 = 200;

/// Remind every participant with a confirmed seat in a competition that starts within 24 hours:
/// once for each start, so that a competition that is moved is reminded of again. A participant who
/// registered within these 24 hours has just read the start, and is not reminded unless it has
/// changed since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendReminders {}

impl BackgroundJob for SendReminders {
    const NAME: &'static str = "send_reminders";
    const CLASS: Class = Class::Background;
    const PRIORITY: i16 = 10;
    const TIME_LIMIT: Duration = Duration::from_secs(600);

    /// Each batch is committed: a run that is cut off is continued by the next one.
    async fn run(ctx: &Context, _: &Execution<'_, Self>) -> Result<()> {
        for competition in starting_soon(ctx).await? {
            while remind_some(ctx, &competition).await? {}
        }
        Ok(())
    }
}

async fn starting_soon(ctx: &Context) -> Result<Vec<competition::Model>> {
    let now = ctx.now().utc();
    let starting = competition::Entity::find()
        .filter(competition::Column::StartDate.gt(now))
        .filter(competition::Column::StartDate.lte(now + BEFORE_START))
        .filter(competition::Column::CancelledAt.is_null());
    Ok(starting.all(ctx.db.connection()).await?)
}

#[derive(Template)]
#[template(path = "mail/reminder.txt")]
struct Reminder<'a> {
    name: UserText<'a>,
    title: UserText<'a>,
    /// In the zone of the competition.
    start: &'a str,
    place: &'a WhenAndWhere,
    registration: RegistrationId,
}

/// Reminds a batch of participants of one competition. Returns whether there may be more.
async fn remind_some(ctx: &Context, competition: &competition::Model) -> Result<bool> {
    let Some(start) = competition.start_date else { return Ok(false) };
    let due_from = start - BEFORE_START;
    let changed_at = competition.start_changed_at.unwrap_or(due_from);
    let informed_until = changed_at.max(due_from);
    let now = ctx.now();
    let tx = ctx.db.begin_read_committed().await?;
    let due: Vec<(RegistrationId, UserId, String, String)> = registration::Entity::find()
        .select_only()
        .column(registration::Column::Id)
        .column(user::Column::Id)
        .column(user::Column::Email)
        .column(user::Column::Name)
        .join(JoinType::InnerJoin, registration::Relation::User.def())
        .filter(registration::Column::CompetitionId.eq(competition.id))
        .filter(registration::Column::Status.eq(RegistrationStatus::Confirmed))
        .filter(is_not_reminded_of(start))
        .filter(takes_place())
        .filter(registration::Column::RegisteredAt.lte(informed_until))
        .order_by_asc(registration::Column::RegisteredAt)
        .limit(BATCH)
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
        .into_tuple()
        .all(&*tx)
        .await?;
    let reminded: Vec<RegistrationId> =
        due.iter().map(|(registration, ..)| *registration).collect();
    let local_start = zones::local(start.into(), &competition.time_zone);
    let place = WhenAndWhere::from(competition);
    let drafts = due.into_iter().map(|(registration, user, email, name)| Draft {
        user,
        recipient: email,
        mail: RenderedMail::of(&Reminder {
            name: UserText(&name),
            title: UserText(&competition.title),
            start: &local_start,
            place: &place,
            registration,
        }),
        // A start that is moved away and back causes no second reminder.
        dedup_key: format!("reminder:{registration}:{}", Timestamp::from(start)),
        cause: Cause::current(),
    });
    store_and_enqueue_in_bulk(ctx, &*tx, drafts.collect()).await?;
    if !reminded.is_empty() {
        registration::Entity::update_many()
            .col_expr(registration::Column::RemindedAt, Expr::value(now.utc()))
            .col_expr(registration::Column::RemindedStart, Expr::value(start))
            .filter(registration::Column::Id.is_in(reminded.iter().copied()))
            .exec(&*tx)
            .await?;
    }
    tx.commit().await?;
    Ok(reminded.len() as u64 == BATCH)
}

/// A condition on registrations: no reminder was sent for this start.
fn is_not_reminded_of(start: DateTimeUtc) -> Condition {
    let reminded = registration::Column::RemindedStart;
    Condition::any().add(reminded.is_null()).add(reminded.ne(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{templates::assert_preview, when_and_where};

    #[test]
    fn a_reminder_reads_as_its_preview() {
        let mail = Reminder {
            name: UserText("Grace Hopper"),
            title: UserText("Code Sprint"),
            start: "Sun 29 Nov 2026, 13:00 CET",
            place: &when_and_where::example(),
            registration: RegistrationId(uuid::Uuid::from_u128(7)),
        };
        assert_preview("reminder", &RenderedMail::of(&mail));
    }
}
