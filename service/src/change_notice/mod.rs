//! Notifying participants that their competition has changed.
//!
//! An edit writes a row with the facts before and after it, in its transaction, and a job that runs
//! five minutes later. The first job to run merges the rows of all edits until then into its own
//! and freezes it; the other jobs find their rows gone. Batches of participants are notified of the
//! frozen row, each in a transaction: a run that is cut off is repeated, and skips participants who
//! have the message. Notices of one competition keep a distance, in which a repeated run of an
//! earlier one ends.
//!
//! Participants who have registered, or have got their seat, after the last of the edits have just
//! read the new facts, and are not notified.

mod facts;

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use askama::Template;
use chrono::TimeDelta;
use domain::{ChangeNote, RegistrationId, RegistrationStatus, Timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
    prelude::DateTimeUtc,
    sea_query::{LockType, Order},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::facts::ChangedFact;
use crate::{
    Cause, Context, Position, Result,
    cancellation_notice::takes_place,
    entity::{
        competition,
        competition_change::{self, NotifiedFacts},
        mail, registration, user,
    },
    infrastructure::{db::bulk::any_of, ids::new_id, keyset::Keyset},
    jobs::{self, BackgroundJob, Class, Execution, NewJob},
    mail::{
        dedup_keys::CHANGE,
        example::{self, Example},
        links::Links,
        mailbox::{About, Draft, store_and_enqueue_in_bulk},
        reader::Reader,
        templates::{RenderedMail, UserText},
    },
};

/// How long an edit waits for others that are notified of together with it.
pub const DELAY: TimeDelta = TimeDelta::minutes(5);
/// The least time from one notice of a competition to the next. It leaves other competitions room
/// in the hourly limit on mail to one address.
pub const DISTANCE: TimeDelta = TimeDelta::minutes(15);
/// Participants notified by one transaction.
const BATCH: u64 = 500;

/// Notify every active participant of an edit that changes the title, the start, the end, the place
/// or the online link, and of all others until it runs, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyOfChange {
    /// Which row of `competition_changes`.
    pub change_id: Uuid,
}

impl BackgroundJob for NotifyOfChange {
    const NAME: &'static str = "notify_of_change";
    const CLASS: Class = Class::Background;
    const PRIORITY: i16 = 10;
    const TIME_LIMIT: Duration = Duration::from_secs(600);

    /// Each batch is committed: a run that is cut off is continued by the next one.
    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        let change_id = execution.payload().change_id;
        let Some(change) = freeze(ctx, change_id).await? else { return Ok(()) };
        let mut from = None;
        while let Some(last) = notify_some(ctx, &change, from.as_ref()).await? {
            from = Some(last);
        }
        Ok(())
    }
}

impl NotifyOfChange {
    /// The job for a change, after the [`DELAY`].
    pub(crate) fn job(change: &competition_change::Model) -> NewJob {
        let due = change.made_at + DELAY;
        NewJob::from(Self { change_id: change.id }).at(due.into())
    }
}

/// The row of an edit at `now`; `None` if it changes nothing that participants are notified of, or
/// there are none.
pub(crate) fn change(
    before: &competition::Model,
    after: &competition::Model,
    note: Option<String>,
    now: Timestamp,
) -> Option<competition_change::Model> {
    let (old, new) = (NotifiedFacts::of(before), NotifiedFacts::of(after));
    let concerns_participants = before.has_participants() && !after.dates().is_over(now);
    (concerns_participants && old.differ_from(&new)).then(|| competition_change::Model {
        id: new_id(),
        competition_id: after.id,
        before: old,
        after: new,
        note,
        made_at: now.utc(),
        frozen_at: None,
    })
}

/// Merges the changes of the competition that are not frozen yet into the one with this id, if it
/// is one of them, and returns it. `Ok(None)` if it was merged into another one, if nothing is to
/// be notified of, or if the competition had a notice a short while ago: then another job is added.
async fn freeze(ctx: &Context, id: Uuid) -> Result<Option<competition_change::Model>> {
    use competition_change::{Column, Entity};
    let tx = ctx.db.begin_read_committed().await?;
    let Some(found) = Entity::find_by_id(id).one(&*tx).await? else { return Ok(None) };
    // Excludes edits until the commit. Admission locks in the same order.
    let competition = competition::Entity::find_by_id(found.competition_id).lock(LockType::Share);
    let Some(competition) = competition.one(&*tx).await? else { return Ok(None) };
    let now = ctx.now();
    let takes_place = competition.cancelled_at.is_none() && !competition.dates().is_over(now);
    let of_competition = Entity::find().filter(Column::CompetitionId.eq(competition.id));
    let pending = of_competition
        .clone()
        .filter(Column::FrozenAt.is_null())
        // Ids are made by the clocks of machines, times by that of the database.
        .order_by_asc(Column::MadeAt)
        .order_by_asc(Column::Id)
        .lock(LockType::Update)
        .all(&*tx)
        .await?;
    // From here on after the wait for a job that has frozen some of them.
    if !pending.iter().any(|change| change.id == id) {
        let frozen = Entity::find_by_id(id).one(&*tx).await?;
        return Ok(frozen.filter(|_| takes_place));
    }
    let last = of_competition.select_only().column_as(Column::FrozenAt.max(), "last");
    let last: Option<DateTimeUtc> = last.into_tuple().one(&*tx).await?.flatten();
    if let Some(due) = last.map(|last| last + DISTANCE).filter(|due| *due > now.utc()) {
        let job = NewJob::from(NotifyOfChange { change_id: id }).at(due.into());
        jobs::add(&*tx, now, [job]).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let merged = merge(id, &pending, &competition, now);
    let is_sent = takes_place && merged.before.differ_from(&merged.after);
    let merged_into_it = pending.iter().map(|change| change.id).filter(|other| *other != id);
    let ended = merged_into_it.chain((!is_sent).then_some(id));
    Entity::delete_many().filter(any_of(&*tx, Column::Id, ended)).exec(&*tx).await?;
    if is_sent {
        merged.clone().into_active_model().reset_all().update(&*tx).await?;
    }
    tx.commit().await?;
    Ok(Some(merged).filter(|_| is_sent))
}

/// One change, of all that are pending, in the order of their edits.
fn merge(
    id: Uuid,
    pending: &[competition_change::Model],
    competition: &competition::Model,
    now: Timestamp,
) -> competition_change::Model {
    let after = NotifiedFacts::of(competition);
    let last = pending.iter().map(|change| change.made_at).max();
    competition_change::Model {
        id,
        competition_id: competition.id,
        before: after.before(pending),
        after,
        note: merged_note(pending.iter().filter_map(|change| change.note.as_deref())),
        made_at: last.unwrap_or(now.utc()),
        frozen_at: Some(now.utc()),
    }
}

/// The newest notes, a line for each: as many as are as long as one note may be.
fn merged_note<'a>(notes: impl DoubleEndedIterator<Item = &'a str>) -> Option<String> {
    let (mut newest, mut length) = (Vec::new(), 0);
    for note in notes.rev() {
        if newest.contains(&note) {
            continue;
        }
        length += note.chars().count();
        if length > ChangeNote::MAX_LENGTH {
            break;
        }
        newest.push(note);
    }
    newest.reverse();
    (!newest.is_empty()).then(|| newest.join("\n"))
}

/// Notifies the next batch, after the registration at `after`. Returns the position of the last
/// one; `Ok(None)` when all participants are notified.
async fn notify_some(
    ctx: &Context,
    change: &competition_change::Model,
    after: Option<&Position>,
) -> Result<Option<Position>> {
    use registration::Column;
    let tx = ctx.db.begin_read_committed().await?;
    let due = registration::Entity::find()
        .filter(Column::CompetitionId.eq(change.competition_id))
        .filter(Column::Status.is_in(RegistrationStatus::active()))
        .filter(Column::RegisteredAt.lte(change.made_at))
        .filter(takes_place())
        // Waits for a transaction that notifies one of them of a cancellation.
        .lock(LockType::NoKeyUpdate)
        .limit(BATCH);
    let order = Keyset::by_time(Column::RegisteredAt, Column::Id, Order::Asc);
    let due = order.after(due, after)?.all(&*tx).await?;
    let last = due.last().map(|row| Position::at_time(row.registered_at, row.id.0));
    // A run before this one may have notified some of them.
    let keys = due.iter().map(|row| dedup_key(change, row.id));
    let notified: Vec<String> = mail::Entity::find()
        .select_only()
        .column(mail::Column::DedupKey)
        .filter(any_of(&*tx, mail::Column::DedupKey, keys))
        .into_tuple()
        .all(&*tx)
        .await?;
    let notified: HashSet<_> = notified.into_iter().collect();
    let due = due.iter().filter(|row| !notified.contains(&dedup_key(change, row.id)));
    let users = any_of(&*tx, user::Column::Id, due.clone().map(|row| row.user_id));
    let users = user::Entity::find().filter(users).all(&*tx).await?;
    let users: HashMap<_, _> = users.into_iter().map(|user| (user.id, user)).collect();
    let drafts = due.filter_map(|row| draft(ctx, change, row, users.get(&row.user_id)?));
    store_and_enqueue_in_bulk(ctx, &*tx, drafts.collect()).await?;
    tx.commit().await?;
    Ok(last)
}

fn dedup_key(change: &competition_change::Model, registration: RegistrationId) -> String {
    format!("{CHANGE}{}:{registration}", change.id)
}

#[derive(Template)]
#[template(path = "mail/change_notice.txt")]
struct ChangeNotice<'a> {
    reader: Reader<'a>,
    title: UserText<'a>,
    changes: Vec<ChangedFact>,
    /// What the organizer adds.
    notes: Vec<UserText<'a>>,
    links: &'a Links,
    registration: RegistrationId,
}

/// `None` if the participant may know nothing of what has changed.
fn draft(
    ctx: &Context,
    change: &competition_change::Model,
    row: &registration::Model,
    user: &user::Model,
) -> Option<Draft> {
    let has_seat = row.status.holds_seat();
    let time_zone = user.time_zone.as_deref();
    let changes = change.before.changes_to(&change.after, has_seat, time_zone);
    let mail = RenderedMail::of(&ChangeNotice {
        reader: user.into(),
        title: UserText(&change.after.title),
        notes: change.note.iter().flat_map(|note| note.lines()).map(UserText).collect(),
        links: &Links::of(ctx, change.competition_id),
        registration: row.id,
        changes: Some(changes).filter(|changes| !changes.is_empty())?,
    });
    Some(Draft {
        user: user.id,
        recipient: user.email.clone(),
        mail,
        dedup_key: dedup_key(change, row.id),
        about: Some(About::registration(
            change.competition_id,
            row.id,
            Some(change.after.calendar_method()),
        )),
        cause: Cause::current(),
    })
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    let (before, after) = (facts::example(), facts::example_after());
    let (links, zone) = (example::links(), example::READER.time_zone);
    let notice = |changes, notes| ChangeNotice {
        reader: example::READER,
        title: example::TITLE,
        changes,
        notes,
        links: &links,
        registration: example::REGISTRATION,
    };
    let notes = vec![UserText("The town hall is closed on Sunday."), UserText("Bring a pen.")];
    let all = notice(before.changes_to(&after, true, zone), notes);
    let without_seat = notice(after.changes_to(&before, false, zone), Vec::new());
    vec![
        Example::of("change_notice", &all),
        Example::of("change_notice.without_seat", &without_seat),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_notes_are_the_newest_and_no_longer_than_one() {
        let notes = ["One", "Two", "One"];
        assert_eq!(merged_note(notes.into_iter()).as_deref(), Some("Two\nOne"));
        let long = "x".repeat(ChangeNote::MAX_LENGTH);
        assert_eq!(merged_note(["One", &long].into_iter()), Some(long.clone()));
        assert_eq!(merged_note([&*long, "One"].into_iter()).as_deref(), Some("One"));
        assert_eq!(merged_note([].into_iter()), None);
    }
}
