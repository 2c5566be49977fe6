//! Notifying participants that their competition has changed.
//!
//! An edit writes a row with the facts before and after it, in its transaction, and a job that runs
//! five minutes later. The job of the first edit merges the rows of all edits until then into one
//! and freezes it; the jobs of the others find their rows gone. Batches of participants are notified
//! of the frozen row, each in a transaction: a run that is cut off is repeated, and the dedup key of
//! a message prevents a second one.
//!
//! Participants who have registered, or have got their seat, after the last of the edits have just
//! read the new facts, and are not notified.

mod facts;

use std::time::Duration;

use askama::Template;
use chrono::TimeDelta;
use domain::{RegistrationId, RegistrationStatus, Timestamp, UserId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait,
    prelude::DateTimeUtc,
    sea_query::{LockType, Order},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::facts::ChangedFact;
pub(crate) use self::facts::NotifiedFacts;
use crate::{
    Cause, Context, Position, Result,
    cancellation_notice::takes_place,
    entity::{competition, competition_change, registration, user},
    infrastructure::{db::bulk::any_of, ids::new_id, keyset::Keyset},
    jobs::{BackgroundJob, Class, Execution, NewJob},
    mail::{
        mailbox::{Draft, store_and_enqueue_in_bulk},
        templates::{RenderedMail, UserText},
    },
};

/// How long an edit waits for others that are notified of together with it.
pub const DELAY: TimeDelta = TimeDelta::minutes(5);
/// Participants notified by one transaction.
const BATCH: u64 = 500;
/// The dedup key of a notice: this, the id of the change, a colon, and the id of the registration.
pub(crate) const CHANGE: &str = "change:";

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
        let Some((competition, change)) = freeze(ctx, change_id).await? else { return Ok(()) };
        let mut last = None;
        if change.before != change.after && competition.cancelled_at.is_none() {
            loop {
                last = notify_some(ctx, &competition, &change, last.as_ref()).await?;
                if last.is_none() {
                    break;
                }
            }
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
    (concerns_participants && old != new).then(|| competition_change::Model {
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
/// is one of them. Returns it with its competition; `None` if it was merged into another one.
async fn freeze(
    ctx: &Context,
    id: Uuid,
) -> Result<Option<(competition::Model, competition_change::Model)>> {
    use competition_change::{Column, Entity};
    let tx = ctx.db.begin_read_committed().await?;
    let Some(found) = Entity::find_by_id(id).one(&*tx).await? else { return Ok(None) };
    // Two jobs lock rows in one order.
    let pending = Entity::find()
        .filter(Column::CompetitionId.eq(found.competition_id))
        .filter(Column::FrozenAt.is_null())
        .order_by_asc(Column::Id)
        .lock(LockType::Update)
        .all(&*tx)
        .await?;
    let competition = competition::Entity::find_by_id(found.competition_id).one(&*tx).await?;
    let Some(competition) = competition else { return Ok(None) };
    if !pending.iter().any(|change| change.id == id) {
        // Read after the wait for another job, which may have merged it.
        let frozen = Entity::find_by_id(id).one(&*tx).await?;
        return Ok(frozen.map(|change| (competition, change)));
    }
    let merged = merge(id, &pending, &competition, ctx.now());
    let others = pending.iter().map(|change| change.id).filter(|other| *other != id);
    Entity::delete_many().filter(any_of(&*tx, Column::Id, others)).exec(&*tx).await?;
    let merged = merged.into_active_model().reset_all().update(&*tx).await?;
    tx.commit().await?;
    Ok(Some((competition, merged)))
}

/// One change, of all that are pending, in the order of their edits.
fn merge(
    id: Uuid,
    pending: &[competition_change::Model],
    competition: &competition::Model,
    now: Timestamp,
) -> competition_change::Model {
    let after = NotifiedFacts::of(competition);
    let mut notes: Vec<_> = pending.iter().filter_map(|change| change.note.as_deref()).collect();
    notes.dedup();
    let last = pending.iter().map(|change| change.made_at).max();
    competition_change::Model {
        id,
        competition_id: competition.id,
        before: after.before(pending),
        after,
        note: (!notes.is_empty()).then(|| notes.join("\n")),
        made_at: last.unwrap_or(now.utc()),
        frozen_at: Some(now.utc()),
    }
}

/// A participant to notify.
type Due = (RegistrationId, DateTimeUtc, RegistrationStatus, UserId, String, String);

/// Notifies the next batch, after the registration at `after`. Returns the position of the last
/// one; `Ok(None)` when all participants are notified.
async fn notify_some(
    ctx: &Context,
    competition: &competition::Model,
    change: &competition_change::Model,
    after: Option<&Position>,
) -> Result<Option<Position>> {
    use registration::Column;
    let tx = ctx.db.begin_read_committed().await?;
    let due = registration::Entity::find()
        .select_only()
        .columns([Column::Id, Column::RegisteredAt, Column::Status])
        .columns([user::Column::Id, user::Column::Email, user::Column::Name])
        .join(JoinType::InnerJoin, registration::Relation::User.def())
        .filter(Column::CompetitionId.eq(competition.id))
        .filter(Column::Status.is_in(RegistrationStatus::active()))
        .filter(Column::RegisteredAt.lte(change.made_at))
        .filter(takes_place())
        // Waits for a transaction that notifies one of them of a cancellation.
        .lock(LockType::NoKeyUpdate)
        .limit(BATCH);
    let order = Keyset::by_time(
        (registration::Entity, Column::RegisteredAt),
        (registration::Entity, Column::Id),
        Order::Asc,
    );
    let due: Vec<Due> = order.after(due, after)?.into_tuple().all(&*tx).await?;
    let last = due.last().map(|(id, registered_at, ..)| Position::at_time(*registered_at, id.0));
    let drafts = due.iter().filter_map(|due| draft(ctx, competition, change, due));
    store_and_enqueue_in_bulk(ctx, &*tx, drafts.collect()).await?;
    tx.commit().await?;
    Ok(last)
}

#[derive(Template)]
#[template(path = "mail/change_notice.txt")]
struct ChangeNotice<'a> {
    name: UserText<'a>,
    title: UserText<'a>,
    changes: Vec<ChangedFact>,
    /// What the organizer adds.
    note: Option<UserText<'a>>,
    /// The address of the competition.
    page: &'a str,
    registration: RegistrationId,
}

/// `None` if the participant may know nothing of what has changed.
fn draft(
    ctx: &Context,
    competition: &competition::Model,
    change: &competition_change::Model,
    due: &Due,
) -> Option<Draft> {
    let (registration, _, status, user, email, name) = due;
    let zone = &competition.time_zone;
    let changes = change.before.changes_to(&change.after, zone, status.holds_seat());
    let mail = RenderedMail::of(&ChangeNotice {
        name: UserText(name),
        title: UserText(&competition.title),
        note: change.note.as_deref().map(UserText),
        page: &ctx.page(&format!("/competitions/{}", competition.id)),
        registration: *registration,
        changes: Some(changes).filter(|changes| !changes.is_empty())?,
    });
    Some(Draft {
        user: *user,
        recipient: email.clone(),
        mail,
        dedup_key: format!("{CHANGE}{}:{registration}", change.id),
        cause: Cause::current(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::templates::assert_preview;

    #[test]
    fn a_notice_of_a_change_reads_as_its_previews() {
        let (before, after) = (facts::example(), facts::example_after());
        let zone = "Europe/Berlin";
        let notice = |changes| ChangeNotice {
            name: UserText("Grace Hopper"),
            title: UserText("Code Sprint"),
            changes,
            note: None,
            page: "https://site.example/competitions/7",
            registration: RegistrationId(Uuid::from_u128(7)),
        };
        let all = ChangeNotice {
            note: Some(UserText("The town hall is closed on Sunday.")),
            ..notice(before.changes_to(&after, zone, true))
        };
        assert_preview("change_notice", &RenderedMail::of(&all));
        let without_seat = notice(after.changes_to(&before, zone, false));
        assert_preview("change_notice.without_seat", &RenderedMail::of(&without_seat));
    }
}
