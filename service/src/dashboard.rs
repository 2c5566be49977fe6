//! What the dashboards show.

use std::collections::HashMap;

use chrono::{NaiveTime, TimeDelta};
use domain::{
    CompetitionId, DayCount, MyRegistration, OrganizerDashboard, Paging, ParticipantDashboard, Role,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::Expr,
};

use crate::{
    Actor, Context, Result, competitions,
    entity::{competition, registration},
    infrastructure::db::bulk::any_of,
    registration::{count, newest},
};

/// The most registrations of a participant that are shown: the newest.
const MAX_REGISTRATIONS: u64 = 500;
/// Days of the trend.
const TREND: i64 = 30;
/// How soon "soon" is.
const SOON: TimeDelta = TimeDelta::days(7);

/// The actor's registrations, sorted into what matters.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but a participant.
pub async fn participant(ctx: &Context, actor: &Actor) -> Result<ParticipantDashboard> {
    let now = ctx.now();
    let mut all = newest(ctx, actor, Paging::first(MAX_REGISTRATIONS)).await?;
    let mut total = all.len() as u64;
    if total == MAX_REGISTRATIONS {
        total = total.max(count(ctx, actor).await?);
    }
    for mine in &mut all {
        // Of no use on a dashboard, and by far the largest part.
        mine.competition.description.clear();
    }
    let (held, cancelled): (Vec<_>, _) = all.into_iter().partition(|mine| {
        mine.registration.status.holds_seat() && mine.competition.cancelled_at.is_none()
    });
    let (mut past, mut upcoming): (Vec<_>, Vec<_>) =
        held.into_iter().partition(|mine| mine.competition.is_over(now));
    let when = |mine: &MyRegistration| {
        mine.competition.start_date.unwrap_or(mine.competition.reg_deadline)
    };
    upcoming.sort_by_key(when);
    past.sort_by_key(|mine| std::cmp::Reverse(when(mine)));
    Ok(ParticipantDashboard { upcoming, past, cancelled, total })
}

/// A page of the actor's competitions, and the totals of all of them.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but an organizer.
pub async fn organizer(ctx: &Context, actor: &Actor, paging: Paging) -> Result<OrganizerDashboard> {
    use competition::Column::{CancelledAt, Capacity, Id, RegDeadline, Registered};
    let organizer = actor.require(Role::Organizer)?.id;
    let own = || competitions::own(organizer);
    let competitions = competitions::own_on_page(ctx, organizer, paging).await?;
    let (db, now) = (&*ctx.db.for_lists().await?, ctx.now());
    let soon = now.utc() + SOON;
    let open = || own().filter(competitions::takes_registrations(now));
    // Cancelled competitions do not count.
    let sums = own().filter(CancelledAt.is_null()).select_only();
    let sums = sums.column_as(Registered.sum(), "taken").column_as(Capacity.sum(), "seats");
    let sums: Option<(Option<i64>, Option<i64>)> = sums.into_tuple().one(db).await?;
    let (taken, seats) = sums.unwrap_or_default();
    let ids: Vec<CompetitionId> = own().select_only().column(Id).into_tuple().all(db).await?;
    Ok(OrganizerDashboard {
        registrations: taken.unwrap_or_default().unsigned_abs(),
        seats: seats.unwrap_or_default().unsigned_abs(),
        open: open().count(db).await?,
        closing_soon: open().filter(RegDeadline.lte(soon)).count(db).await?,
        trend: trend(ctx, db, ids).await?,
        competitions,
    })
}

/// Each day's registrations for some competitions, given back ones included. The index of rosters
/// finds them, competition by competition: joined, they would be sought among those of the whole
/// site.
async fn trend(
    ctx: &Context,
    db: &impl ConnectionTrait,
    competitions: Vec<CompetitionId>,
) -> Result<Vec<DayCount>> {
    let today = ctx.now().utc().date_naive().and_time(NaiveTime::MIN).and_utc();
    let first = today - TimeDelta::days(TREND - 1);
    let day = match db.get_database_backend() {
        DbBackend::Postgres => {
            Expr::cust("to_char(registrations.registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')")
        }
        _ => Expr::cust("substr(registrations.registered_at, 1, 10)"),
    };
    let counts: Vec<(String, i64)> = registration::Entity::find()
        .select_only()
        .column_as(day.clone(), "day")
        .column_as(registration::Column::Id.count(), "count")
        .filter(any_of(db, registration::Column::CompetitionId, competitions))
        .filter(registration::Column::RegisteredAt.gte(first))
        .group_by(day)
        .into_tuple()
        .all(db)
        .await?;
    let counts: HashMap<_, _> = counts.into_iter().collect();
    let days = (0..TREND).map(|number| first + TimeDelta::days(number));
    let days = days.map(|day| {
        let count = counts.get(&day.format("%Y-%m-%d").to_string());
        DayCount { day: day.into(), count: count.map_or(0, |count| count.unsigned_abs()) }
    });
    Ok(days.collect())
}
