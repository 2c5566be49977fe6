//! Notifying participants that their competition was cancelled.
//!
//! Cancelling a competition leaves its registrations as they are and closes them: no seat is taken
//! or freed any more. So the participants to notify stay known, however long it takes and however
//! many workers are lost on the way. Each registration records that its participant was notified.
//! Confirmations and reminders are only sent where [`takes_place`] holds, so that none of them
//! follows a cancellation notice.

use std::{collections::HashMap, time::Duration};

use askama::Template;
use domain::{CompetitionId, RegistrationId, RegistrationStatus, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, LockType},
};
use serde::{Deserialize, Serialize};

use crate::{
    Cause, Context, Result,
    calendar_file::CalendarMethod,
    entity::{competition, registration, user},
    infrastructure::db::bulk::{any_of, update_returning},
    jobs::{BackgroundJob, Class, Execution},
    mail::{
        dedup_keys::CANCELLATION,
        example::{self, Example},
        links::Links,
        mailbox::{About, Draft, store_and_enqueue_in_bulk},
        reader::Reader,
        templates::{RenderedMail, UserText},
        when_and_where::{Shown, WhenAndWhere},
    },
};

/// Participants notified by one transaction. Thousands of them do not keep a transaction open for
/// long.
const BATCH: u64 = 500;

/// Notify every participant who held a seat or waited for one when the competition was cancelled,
/// once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyOfCancellation {
    /// Which competition.
    pub competition_id: CompetitionId,
}

impl BackgroundJob for NotifyOfCancellation {
    const NAME: &'static str = "tell_of_cancellation";
    const CLASS: Class = Class::Background;
    const PRIORITY: i16 = 10;
    const TIME_LIMIT: Duration = Duration::from_secs(600);

    /// Each batch is committed: a run that is cut off is continued by the next one.
    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        let competition = competition::Entity::find_by_id(execution.payload().competition_id);
        if let Some(competition) = competition.one(ctx.db.connection()).await? {
            let mut from = None;
            while let Some(last) = notify_some(ctx, &competition, from).await? {
                from = Some(last);
            }
        }
        Ok(())
    }
}

/// A condition on registrations: the competition takes place, and the participant was not notified
/// of a cancellation.
///
/// The subquery finds the competition by its key for each registration; a join could scan all
/// competitions. A cancellation that is committed meanwhile shows in the first part, which the
/// database evaluates again on a row that another transaction has changed.
pub(crate) fn takes_place() -> Condition {
    let cancelled_at = competition::Entity::find()
        .select_only()
        .column(competition::Column::CancelledAt)
        .filter(
            Expr::col((competition::Entity, competition::Column::Id))
                .equals((registration::Entity, registration::Column::CompetitionId)),
        )
        .into_query();
    let cancelled_at = Expr::SubQuery(None, Box::new(cancelled_at.into()));
    Condition::all()
        .add(registration::Column::CancellationNotifiedAt.is_null())
        .add(cancelled_at.is_null())
}

/// Notifies the next batch, beginning with registrations made at `from`. Returns the time of the
/// last registration; `Ok(None)` when all participants are notified.
async fn notify_some(
    ctx: &Context,
    competition: &competition::Model,
    from: Option<Timestamp>,
) -> Result<Option<Timestamp>> {
    let tx = ctx.db.begin_read_committed().await?;
    let due: Vec<RegistrationId> = registration::Entity::find()
        .select_only()
        .column(registration::Column::Id)
        .filter(registration::Column::CompetitionId.eq(competition.id))
        .filter(registration::Column::Status.is_in(RegistrationStatus::active()))
        .filter(registration::Column::CancellationNotifiedAt.is_null())
        .apply_if(from, |due, from| due.filter(registration::Column::RegisteredAt.gte(from.utc())))
        // Two workers lock rows in one order: registrations of the same moment by their ids.
        .order_by_asc(registration::Column::RegisteredAt)
        .order_by_asc(registration::Column::Id)
        .limit(BATCH)
        // Waits for a transaction that confirms or reminds one of them: its mail comes first.
        .lock(LockType::NoKeyUpdate)
        .into_tuple()
        .all(&*tx)
        .await?;
    // Read after the wait, so that mails are in the order of their transactions.
    let now = ctx.now();
    let note = registration::Entity::update_many()
        .col_expr(registration::Column::CancellationNotifiedAt, Expr::value(now.utc()))
        .filter(any_of(&*tx, registration::Column::Id, due));
    let notified = update_returning(&*tx, note).await?;
    let Some(last) = notified.iter().map(|row| row.registered_at).max() else { return Ok(None) };
    let users = notified.iter().map(|row| row.user_id);
    let users = user::Entity::find().filter(any_of(&*tx, user::Column::Id, users)).all(&*tx);
    let users: HashMap<_, _> = users.await?.into_iter().map(|user| (user.id, user)).collect();
    let drafts = notified
        .iter()
        .filter_map(|row| Some(draft(ctx, row, users.get(&row.user_id)?, competition)));
    store_and_enqueue_in_bulk(ctx, &*tx, drafts.collect()).await?;
    tx.commit().await?;
    Ok(Some(last.into()))
}

#[derive(Template)]
#[template(path = "mail/cancellation_notice.txt")]
struct CancellationNotice<'a> {
    reader: Reader<'a>,
    title: UserText<'a>,
    place: Shown<'a>,
    /// Whether it was cancelled after its start.
    has_started: bool,
    links: &'a Links,
    registration: RegistrationId,
}

fn draft(
    ctx: &Context,
    row: &registration::Model,
    user: &user::Model,
    competition: &competition::Model,
) -> Draft {
    let place = WhenAndWhere::from(competition);
    let mail = RenderedMail::of(&CancellationNotice {
        reader: user.into(),
        title: UserText(&competition.title),
        place: place.shown_in(user.time_zone.as_deref()),
        has_started: competition.start_date < competition.cancelled_at,
        links: &Links::of(ctx, competition.id),
        registration: row.id,
    });
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        mail,
        dedup_key: format!("{CANCELLATION}{}", row.id),
        about: Some(About::registration(competition.id, row.id, Some(CalendarMethod::Cancel))),
        cause: Cause::current(),
    }
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    let (links, dated, undated) = (example::links(), example::place(), WhenAndWhere::default());
    let notice = |place: &'_ WhenAndWhere, has_started| {
        RenderedMail::of(&CancellationNotice {
            reader: example::READER,
            title: example::TITLE,
            place: place.shown_in(example::READER.time_zone),
            has_started,
            links: &links,
            registration: example::REGISTRATION,
        })
    };
    vec![
        Example::of_mail("cancellation_notice", notice(&dated, false)),
        Example::of_mail("cancellation_notice.started", notice(&dated, true)),
        Example::of_mail("cancellation_notice.undated", notice(&undated, false)),
    ]
}
