//! One notice in the morning.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::{NoticeTiming, Timestamp, UserId};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    prelude::DateTimeUtc,
};

use super::{
    MAX_IN_A_RUN, choices,
    look::{changed, look},
    words::notice,
};
use crate::{
    Cause, Context, Result,
    entity::{
        competition,
        organizer_notice_choice::{self, Column as Choice},
        user,
    },
    infrastructure::db::retry,
    mail::{
        dedup_keys::ORGANIZER_NOTICE,
        mailbox::{Draft, store_and_enqueue},
    },
    zones,
};

const TIMING: NoticeTiming = NoticeTiming::Daily;
/// When the notice comes, as clocks of the organizer show it.
const HOUR: u32 = 7;
/// Competitions in one notice; others are in that of the next day.
const MAX_COMPETITIONS: u64 = 50;

/// Notifies the organizers for whom it is time, of those whose competitions have changed.
pub(super) async fn run(ctx: &Context) -> Result<()> {
    for organizer in due(ctx).await? {
        retry(|| notify(ctx, organizer)).await?;
    }
    Ok(())
}

/// The organizers with changed competitions for whom it is time.
async fn due(ctx: &Context) -> Result<Vec<UserId>> {
    use user::Column::{CreatedAt, Id, TimeZone};

    let organizers = competition::Entity::find()
        .select_only()
        .column(competition::Column::OrganizerId)
        .filter(changed(ctx, TIMING))
        .into_query();
    let db = ctx.db.connection();
    let digested: Vec<(UserId, Option<DateTimeUtc>)> = organizer_notice_choice::Entity::find()
        .select_only()
        .columns([Choice::UserId, Choice::DigestedAt])
        .filter(Choice::UserId.in_subquery(organizers.clone()))
        .into_tuple()
        .all(db)
        .await?;
    let digested: HashMap<_, _> = digested.into_iter().collect();
    let users: Vec<(UserId, Option<String>, DateTimeUtc)> = user::Entity::find()
        .select_only()
        .columns([Id, TimeZone, CreatedAt])
        .filter(Id.in_subquery(organizers))
        .into_tuple()
        .all(db)
        .await?;
    let is_time = |(id, zone, created_at): &(UserId, Option<String>, DateTimeUtc)| {
        let last = digested.get(id).copied().flatten().unwrap_or(*created_at);
        is_due(last, ctx.now(), zone.as_deref().unwrap_or("UTC"))
    };
    let due = users.into_iter().filter(is_time).map(|(id, ..)| id);
    Ok(due.take(MAX_IN_A_RUN).collect())
}

async fn notify(ctx: &Context, organizer: UserId) -> Result<()> {
    // Serializable, so that two workers make one notice.
    let tx = ctx.db.begin_serializable().await?;
    let Some(organizer) = user::Entity::find_by_id(organizer).one(&*tx).await? else {
        return Ok(());
    };
    let row = organizer_notice_choice::Entity::find_by_id(organizer.id).one(&*tx).await?;
    let mut row = row.unwrap_or_else(|| organizer_notice_choice::Model::of(organizer.id));
    let last = row.digested_at.unwrap_or(organizer.created_at);
    if !is_due(last, ctx.now(), organizer.time_zone.as_deref().unwrap_or("UTC")) {
        return Ok(());
    }
    let competitions = competition::Entity::find()
        .filter(changed(ctx, TIMING))
        .filter(competition::Column::OrganizerId.eq(organizer.id))
        .order_by_asc(competition::Column::Id)
        .limit(MAX_COMPETITIONS)
        .all(&*tx)
        .await?;
    let mut found = Vec::new();
    for competition in competitions {
        let news = look(ctx, &*tx, &competition, &row.choices(), TIMING).await?;
        if !news.is_empty() {
            found.push((competition, news));
        }
    }
    row.digested_at = Some(ctx.now().utc());
    choices::save(&*tx, row).await?;
    if !found.is_empty() && organizer.disabled_at.is_none() {
        let draft = Draft {
            user: organizer.id,
            recipient: organizer.email.clone(),
            mail: notice(ctx, &organizer, &found, TIMING),
            dedup_key: format!("{ORGANIZER_NOTICE}{}:{}", organizer.id, ctx.now()),
            about: None,
            cause: Cause::current(),
        };
        store_and_enqueue(ctx, &*tx, vec![draft]).await?;
    }
    tx.commit().await
}

/// Whether clocks in `zone` have shown [`HOUR`] since `last`.
fn is_due(last: DateTimeUtc, now: Timestamp, zone: &str) -> bool {
    let morning = |day: Timestamp| {
        let shown = zones::input_value(day, zone);
        let date = shown.split('T').next().unwrap_or_default();
        // Clocks may be put forward past an hour, or back over it: another is shown once.
        (HOUR..HOUR + 3).find_map(|hour| zones::to_utc(&format!("{date}T{hour:02}:00"), zone).ok())
    };
    let days = [now, (now.utc() - TimeDelta::days(1)).into()];
    let latest = days.into_iter().filter_map(morning).find(|at| *at <= now);
    latest.is_some_and(|at| at.utc() > last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daily_notice_is_due_once_clocks_have_shown_seven_since_the_last_one() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let due = |last: &str, now: &str, zone| is_due(at(last).utc(), at(now), zone);
        let berlin = "Europe/Berlin";
        assert!(!due("2026-11-23T06:00:00Z", "2026-11-24T05:59:59Z", berlin));
        assert!(due("2026-11-23T06:00:00Z", "2026-11-24T06:00:00Z", berlin));
        assert!(!due("2026-11-24T06:00:00Z", "2026-11-24T22:00:00Z", berlin));
        assert!(!due("2026-11-24T06:00:00Z", "2026-11-24T06:59:00Z", "UTC"));
        assert!(due("2026-11-24T06:00:00Z", "2026-11-24T07:00:00Z", "UTC"));
        // After a day without a worker, and again on the next morning.
        assert!(due("2026-11-20T07:00:00Z", "2026-11-24T20:00:00Z", "UTC"));
        assert!(due("2026-11-24T20:00:00Z", "2026-11-25T07:00:00Z", "UTC"));
    }
}
