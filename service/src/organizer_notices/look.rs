//! Looking at a competition: once at each change, also when two workers do it at once.

use chrono::TimeDelta;
use domain::{NoticeTiming, OrganizerNotice, OrganizerNotices, Visibility};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait,
    IntoActiveModel, QuerySelect,
    prelude::DateTimeUtc,
    sea_query::{Expr, LockType, OnConflict, Query, SelectStatement},
};

use super::{
    SETTLED_AFTER,
    news::{News, Period},
};
use crate::{
    Context, Result,
    competitions::is_not_over,
    entity::{
        competition,
        organizer_notice::{Column, Entity, Model},
    },
};

/// How far back a competition is looked at that was never looked at before: one that is older was
/// there before this release, and its registrations are no news.
const FIRST_LOOK_BACK: TimeDelta = TimeDelta::hours(1);

/// The competitions that are not over and have changed since they were looked at with this timing.
pub(super) fn changed(ctx: &Context, timing: NoticeTiming) -> Condition {
    let seen = seen(timing)
        .and_where(
            Expr::col((Entity, Column::SeenVersion))
                .equals((competition::Entity, competition::Column::Version)),
        )
        .to_owned();
    Condition::all()
        .add(competition::Column::CancelledAt.is_null())
        .add(competition::Column::Visibility.ne(Visibility::Draft))
        .add(is_not_over(ctx.now()))
        .add(Expr::exists(seen).not())
}

/// The competitions that were noticed with this timing after `since`.
pub(super) fn noticed_since(timing: NoticeTiming, since: DateTimeUtc) -> Expr {
    let noticed = seen(timing).and_where(Column::NoticedAt.gt(since)).to_owned();
    Expr::exists(noticed)
}

fn seen(timing: NoticeTiming) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(
            Expr::col((Entity, Column::CompetitionId))
                .equals((competition::Entity, competition::Column::Id)),
        )
        .and_where(Expr::col((Entity, Column::Timing)).eq(timing.as_str()))
        .to_owned()
}

/// Looks at a competition for an organizer with these choices, and records what was seen: in the
/// transaction that stores the notice, so that nothing is noticed twice or lost.
pub(super) async fn look(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    competition: &competition::Model,
    choices: &OrganizerNotices,
    timing: NoticeTiming,
) -> Result<News> {
    let now = ctx.now().utc();
    let Some(mut row) = find_locked(ctx, tx, competition, timing).await? else {
        return Ok(News::default());
    };
    let until = Ord::max(row.seen_until, now - SETTLED_AFTER);
    let period = Period { competition, from: row.seen_until, until };
    let mut news = period.news(tx, choices, timing).await?;
    let wants = |notice| choices.timing(notice) == timing;
    let has_waiting = competition.waitlisted > 0;
    news.became_full = wants(OrganizerNotice::Full) && competition.is_full() && !row.was_full;
    news.waitlist_emptied =
        wants(OrganizerNotice::WaitlistEmpty) && !has_waiting && row.had_waiting;
    if !period.is_followed(tx).await? {
        row.seen_version = competition.version;
    }
    row.seen_until = until;
    row.was_full = competition.is_full();
    row.had_waiting = has_waiting;
    if !news.is_empty() {
        row.noticed_at = Some(now);
    }
    row.into_active_model().reset_all().update(tx).await?;
    Ok(news)
}

/// Makes the row of a competition that was never looked at with this timing, before there is
/// something to notice.
pub(super) async fn begin(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    competition: &competition::Model,
    timing: NoticeTiming,
) -> Result<()> {
    let now = ctx.now().utc();
    let is_new = competition.created_at > now - FIRST_LOOK_BACK;
    // Before the first registration, which may have the same time.
    let before_all = competition.created_at - TimeDelta::milliseconds(1);
    let first = Model {
        competition_id: competition.id,
        timing: timing.as_str().to_owned(),
        seen_until: if is_new { before_all } else { now },
        // No version is negative.
        seen_version: -1,
        was_full: !is_new && competition.is_full(),
        had_waiting: competition.waitlisted > 0,
        noticed_at: None,
    };
    let once = OnConflict::columns([Column::CompetitionId, Column::Timing]).do_nothing().to_owned();
    Entity::insert(first.into_active_model()).on_conflict(once).exec_without_returning(tx).await?;
    Ok(())
}

/// The row of a competition, locked until the transaction ends. `None` if the competition was
/// deleted meanwhile.
async fn find_locked(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    competition: &competition::Model,
    timing: NoticeTiming,
) -> Result<Option<Model>> {
    begin(ctx, tx, competition, timing).await?;
    let key = (competition.id, timing.as_str().to_owned());
    Ok(Entity::find_by_id(key).lock(LockType::Update).one(tx).await?)
}
