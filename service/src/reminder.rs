//! Reminding participants of competitions that start soon.

use std::time::Duration;

use askama::Template;
use chrono::TimeDelta;
use domain::{
    CompetitionId, MAX_REMINDER, RegistrationId, RegistrationStatus, ReminderOffsets, Timestamp,
    UserId,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait,
    prelude::DateTimeUtc,
    sea_query::{Expr, LockBehavior, LockType},
};
use serde::{Deserialize, Serialize};

use crate::{
    Cause, Context, Result,
    calendar_file::CalendarMethod,
    cancellation_notice::takes_place,
    entity::{
        competition::{self, reminder_offsets},
        registration, user,
    },
    jobs::{BackgroundJob, Class, Execution},
    mail::{
        dedup_keys::REMINDER,
        example::{self, Example},
        links::Links,
        mailbox::{About, Draft, store_and_enqueue_in_bulk},
        reader::Reader,
        templates::{RenderedMail, UserText},
        when_and_where::{Shown, WhenAndWhere},
    },
};

/// Reminders sent by one transaction.
const BATCH: u64 = 200;

/// Remind every participant with a confirmed seat of the start of the competition, as long before
/// as its organizer has chosen: once for each of these times and each start, so that a competition
/// that is moved is reminded of again. A participant who registered after that time has just read
/// the start, and is not reminded unless it has changed since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendReminders {}

impl BackgroundJob for SendReminders {
    const NAME: &'static str = "send_reminders";
    const CLASS: Class = Class::Background;
    const PRIORITY: i16 = 10;
    const TIME_LIMIT: Duration = Duration::from_secs(600);

    /// Each batch is committed: a run that is cut off is continued by the next one.
    async fn run(ctx: &Context, _: &Execution<'_, Self>) -> Result<()> {
        for id in starting_soon(ctx).await? {
            let found = competition::Entity::find_by_id(id).one(ctx.db.connection()).await?;
            let Some(competition) = found else { continue };
            let Some(start) = competition.start_date else { continue };
            let offsets = reminder_offsets(competition.reminder_offsets.as_deref());
            let Some(before_start) = offsets.due(start.into(), ctx.now()) else { continue };
            while remind_some(ctx, &competition, start, before_start).await? {}
        }
        Ok(())
    }
}

/// The competitions with a reminder that is due.
async fn starting_soon(ctx: &Context) -> Result<Vec<CompetitionId>> {
    use competition::Column::{CancelledAt, Id, ReminderOffsets as Offsets, StartDate};
    let now = ctx.now();
    let usual = ReminderOffsets::default();
    let starts_within =
        |minutes: u32| StartDate.lte(now.utc() + TimeDelta::minutes(minutes.into()));
    let has_usual = Offsets.is_null().or(Offsets.eq(usual.to_string()));
    let usual_is_due = has_usual.and(starts_within(usual.minutes()[0]));
    // Null is neither equal to a text nor different from it.
    let has_others = Offsets.is_not_in([usual.to_string(), String::new()]);
    let rows: Vec<(CompetitionId, DateTimeUtc, Option<String>)> = competition::Entity::find()
        .select_only()
        .columns([Id, StartDate, Offsets])
        .filter(StartDate.gt(now.utc()))
        .filter(starts_within(MAX_REMINDER))
        .filter(Condition::any().add(usual_is_due).add(has_others))
        .filter(CancelledAt.is_null())
        .into_tuple()
        .all(ctx.db.connection())
        .await?;
    let is_due = |start: DateTimeUtc, offsets: Option<&str>| {
        reminder_offsets(offsets).due(start.into(), now).is_some()
    };
    let due = rows.iter().filter(|(_, start, offsets)| is_due(*start, offsets.as_deref()));
    Ok(due.map(|(id, ..)| *id).collect())
}

#[derive(Template)]
#[template(path = "mail/reminder.txt")]
struct Reminder<'a> {
    reader: Reader<'a>,
    title: UserText<'a>,
    place: Shown<'a>,
    links: &'a Links,
    registration: RegistrationId,
}

/// Reminds a batch of participants of one competition, whose reminder was due `before_start`.
/// Returns whether there may be more.
async fn remind_some(
    ctx: &Context,
    competition: &competition::Model,
    start: DateTimeUtc,
    before_start: TimeDelta,
) -> Result<bool> {
    let due_from = start - before_start;
    let changed_at = competition.start_changed_at.unwrap_or(due_from);
    let informed_until = Ord::max(changed_at, due_from);
    let now = ctx.now();
    let tx = ctx.db.begin_read_committed().await?;
    let due: Vec<(RegistrationId, UserId, String, String, Option<String>)> =
        registration::Entity::find()
            .select_only()
            .column(registration::Column::Id)
            .column(user::Column::Id)
            .column(user::Column::Email)
            .column(user::Column::Name)
            .column(user::Column::TimeZone)
            .join(JoinType::InnerJoin, registration::Relation::User.def())
            .filter(registration::Column::CompetitionId.eq(competition.id))
            .filter(registration::Column::Status.eq(RegistrationStatus::Confirmed))
            .filter(is_not_reminded_of(start, due_from))
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
    let place = WhenAndWhere::from(competition);
    let links = Links::of(ctx, competition.id);
    let drafts = due.into_iter().map(|(registration, user, email, name, time_zone)| Draft {
        user,
        recipient: email,
        mail: RenderedMail::of(&Reminder {
            reader: Reader { name: UserText(&name), time_zone: time_zone.as_deref() },
            title: UserText(&competition.title),
            place: place.shown_in(time_zone.as_deref()),
            links: &links,
            registration,
        }),
        about: Some(About::registration(
            competition.id,
            registration,
            Some(CalendarMethod::Request),
        )),
        dedup_key: dedup_key(registration, start.into(), before_start),
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

/// A condition on registrations: no reminder was sent for this start since one is due.
fn is_not_reminded_of(start: DateTimeUtc, due_from: DateTimeUtc) -> Condition {
    let reminded = registration::Column::RemindedStart;
    Condition::any()
        .add(reminded.is_null())
        .add(reminded.ne(start))
        .add(registration::Column::RemindedAt.lt(due_from))
}

/// A start that is moved away and back causes no second reminder. The reminder of a day before has
/// the key that earlier releases give it.
fn dedup_key(registration: RegistrationId, start: Timestamp, before_start: TimeDelta) -> String {
    match before_start.num_minutes() {
        1_440 => format!("{REMINDER}{registration}:{start}"),
        minutes => format!("{REMINDER}{registration}:{start}:{minutes}"),
    }
}

/// The mail of this module, as its preview shows it.
pub(crate) fn mail_examples() -> Vec<Example> {
    let place = example::place();
    let mail = Reminder {
        reader: example::READER,
        title: example::TITLE,
        place: place.shown_in(example::READER.time_zone),
        links: &example::links(),
        registration: example::REGISTRATION,
    };
    vec![Example::of("reminder", &mail)]
}
