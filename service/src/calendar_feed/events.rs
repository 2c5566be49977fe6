//! The events of a feed.
//!
//! A calendar that reads a feed replaces what it has read before, so that an event which is left
//! out is gone: registrations that were cancelled or rejected are. A competition that was cancelled
//! stays until it would have started, and says so.

use chrono::TimeDelta;
use domain::{Competition, RegistrationStatus, Timestamp, UserId};
use icalendar::{Event, EventStatus};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Func},
};

use crate::{
    Context, Result,
    calendar::{event_of, with_note},
    calendar_file::{Entry, Occasion},
    competitions::own,
    entity::{
        competition::{self, Column},
        registration,
    },
    registration::is_shown_to,
    summary::summary,
};

/// How long events stay after they have ended.
const KEPT_FOR: TimeDelta = TimeDelta::days(365);
/// The most registrations, and the most competitions, in a feed: those that start last.
const MAX: u64 = 500;

/// The events of a user: first those of their registrations, then those of their competitions, both
/// by their start and the latest first.
pub(super) async fn of(ctx: &Context, user: UserId) -> Result<Vec<Event>> {
    let now = ctx.now();
    let (registered, organized) = {
        let db = &*ctx.db.for_lists().await?;
        let registered = registration::Entity::find()
            .find_also_related(competition::Entity)
            .filter(is_shown_to(user))
            .filter(registration::Column::Status.is_in(RegistrationStatus::active()))
            .filter(is_current(now))
            .order_by_desc(begins())
            .order_by_desc(registration::Column::Id)
            .limit(MAX)
            .all(db)
            .await?;
        let organized = own(user)
            .filter(is_current(now))
            .order_by_desc(begins())
            .order_by_desc(Column::Id)
            .limit(MAX)
            .all(db)
            .await?;
        (registered, organized)
    };
    let site = ctx.page("");
    let registered = registered.into_iter().filter_map(|(row, competition)| {
        competition.map(|competition| event_of(ctx, &row, competition, &site))
    });
    let organized = organized.into_iter().flat_map(|row| of_organizer(ctx, row, &site));
    Ok(registered.chain(organized).collect())
}

/// When a competition begins, or its registration closes while no start is set.
fn begins() -> Expr {
    Func::coalesce([column(Column::StartDate), column(Column::RegDeadline)]).into()
}

/// When it ends.
fn ends() -> Expr {
    Func::coalesce([column(Column::EndsAt), begins()]).into()
}

fn column(column: Column) -> Expr {
    Expr::col((competition::Entity, column))
}

/// A condition on competitions: it ended within [`KEPT_FOR`] or will; one that was cancelled has
/// not begun.
fn is_current(now: Timestamp) -> Condition {
    let stays =
        Condition::any().add(column(Column::CancelledAt).is_null()).add(begins().gt(now.utc()));
    Condition::all().add(ends().gt(now.utc() - KEPT_FOR)).add(stays)
}

/// The events of a competition for its organizer: the start, if it is set, and the deadline; of a
/// draft only the start, and of a cancelled one the start or else the deadline. They have the same
/// UIDs as in the file of the competition.
fn of_organizer(ctx: &Context, row: competition::Model, site: &str) -> Vec<Event> {
    let online_url = row.online_url.clone();
    let mut view: Competition = row.into_view(Vec::new());
    let (is_draft, is_cancelled) = (view.is_draft(), view.cancelled_at.is_some());
    let (status, note) = match (is_cancelled, is_draft) {
        (true, _) => (EventStatus::Cancelled, "organizer, cancelled"),
        (false, true) => (EventStatus::Tentative, "organizer, draft"),
        (false, false) => (EventStatus::Confirmed, "organizer"),
    };
    view.title = with_note(&view.title, note);
    let has_start = view.start_date.is_some();
    let has_deadline = !(is_draft || is_cancelled && has_start);
    let id = view.id;
    let entry = Entry {
        competition: &view,
        summary: &summary(&view),
        online_url: online_url.as_deref(),
        site,
        now: ctx.now().utc(),
        sequence: view.version,
        changed_at: view.updated_at.utc(),
        status,
        has_alarm: false,
    };
    let deadline = || entry.event(&format!("{id}-deadline"), Occasion::Deadline);
    let start = || entry.event(&id.to_string(), Occasion::Start);
    has_deadline.then(deadline).into_iter().chain(has_start.then(start)).collect()
}
