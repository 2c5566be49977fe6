//! What the dashboards show.

use std::collections::HashMap;

use chrono::{NaiveTime, TimeDelta};
use domain::{
    DayCount, MyRegistration, OrganizerDashboard, Paging, ParticipantDashboard, Role, Timestamp,
    UserId,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter,
    QuerySelect, QueryTrait,
    sea_query::{Asterisk, Expr, ExprTrait},
};

use crate::{
    Actor, Context, Result, competitions,
    entity::{competition, registration},
    registration::{count, newest},
};

/// The most registrations of a participant that are shown: the newest. Each takes 0.15 ms to
/// render.
const MAX_REGISTRATIONS: u64 = 200;
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
    let mut all = newest(ctx, actor, MAX_REGISTRATIONS).await?;
    let mut total = all.len() as u64;
    if total == MAX_REGISTRATIONS {
        total = Ord::max(total, count(ctx, actor).await?);
    }
    for mine in &mut all {
        // Of no use on a dashboard, and by far the largest part.
        mine.competition.description.clear();
    }
    let (held, cancelled): (Vec<_>, _) = all.into_iter().partition(|mine| {
        mine.registration.status.is_active() && mine.competition.cancelled_at.is_none()
    });
    let (mut past, mut upcoming): (Vec<_>, Vec<_>) =
        held.into_iter().partition(|mine| mine.competition.dates().is_over(now));
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
    let organizer = actor.require(Role::Organizer)?.id;
    let competitions = competitions::own_on_page(ctx, organizer, paging).await?;
    let db = &*ctx.db.for_lists().await?;
    let sums = Sums::of(db, organizer, ctx.now()).await?;
    let count = |sum: Option<i64>| sum.unwrap_or_default().unsigned_abs();
    Ok(OrganizerDashboard {
        registrations: count(sums.taken),
        seats: count(sums.seats),
        open: count(sums.open),
        closing_soon: count(sums.closing_soon),
        trend: trend(ctx, db, organizer).await?,
        competitions,
    })
}

/// Sums over all competitions of an organizer; `None` where there are none.
#[derive(Debug, Default, FromQueryResult)]
struct Sums {
    /// Registrations with a seat. Cancelled competitions and drafts do not count.
    taken: Option<i64>,
    /// Seats. Cancelled competitions and drafts do not count.
    seats: Option<i64>,
    open: Option<i64>,
    closing_soon: Option<i64>,
}

impl Sums {
    /// Reads each competition once.
    async fn of(db: &impl ConnectionTrait, organizer: UserId, now: Timestamp) -> Result<Self> {
        use competition::Column::{CancelledAt, Capacity, RegDeadline, Registered};
        let sum = |condition: Condition, number: Expr| {
            Expr::Case(Box::new(Expr::case(condition, number).finally(0))).sum()
        };
        let stays =
            || Condition::all().add(CancelledAt.is_null()).add(competitions::is_draft().not());
        let open = || competitions::takes_registrations(now);
        let soon = RegDeadline.lte(now.utc() + SOON);
        let sums = competitions::own(organizer)
            .select_only()
            .column_as(sum(stays(), Registered.into_expr()), "taken")
            .column_as(sum(stays(), Capacity.into_expr()), "seats")
            .column_as(sum(open(), Expr::val(1)), "open")
            .column_as(sum(open().add(soon), Expr::val(1)), "closing_soon");
        Ok(sums.into_model().one(db).await?.unwrap_or_default())
    }
}

/// Each day's registrations for the competitions of an organizer, cancelled ones included. The
/// index of rosters finds them, competition by competition.
async fn trend(
    ctx: &Context,
    db: &impl ConnectionTrait,
    organizer: UserId,
) -> Result<Vec<DayCount>> {
    let today = ctx.now().utc().date_naive().and_time(NaiveTime::MIN).and_utc();
    let first = today - TimeDelta::days(TREND - 1);
    // A date is formatted once a day, and not for each registration.
    let (day, label) = match db.get_database_backend() {
        DbBackend::Postgres => (
            "(registrations.registered_at AT TIME ZONE 'UTC')::date",
            "(registrations.registered_at AT TIME ZONE 'UTC')::date::text",
        ),
        _ => {
            let day = "substr(registrations.registered_at, 1, 10)";
            (day, day)
        }
    };
    // Registrations are given seats after the deadline, too, but not once the competition is over.
    let own = competitions::own(organizer)
        .filter(competitions::is_not_over(first.into()))
        .select_only()
        .column(competition::Column::Id);
    let counts: Vec<(String, i64)> = registration::Entity::find()
        .select_only()
        .column_as(Expr::cust(label), "day")
        .column_as(Expr::col(Asterisk).count(), "count")
        .filter(registration::Column::CompetitionId.in_subquery(own.into_query()))
        .filter(registration::Column::RegisteredAt.gte(first))
        .group_by(Expr::cust(day))
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
