//! The seats of a competition: the current state, and a stream of changes.

use std::collections::HashMap;

use domain::{CompetitionId, PublicError, SeatsChanged, Visibility};
use sea_orm::{EntityTrait, QueryFilter, QuerySelect, prelude::DateTimeUtc};

use super::get_visible_to;
use crate::{
    Actor, Context, Result,
    entity::{competition, count},
    infrastructure::{coalesced_read::read_each, db::bulk},
};

pub use crate::events::SeatsWatch;

/// The seats of a competition in the database, if the actor may see it. Those of a draft must not
/// be stored for others.
///
/// # Errors
/// [`domain::ErrorCode::CompetitionNotFound`], also for a draft of another organizer.
pub async fn seats(ctx: &Context, actor: &Actor, id: CompetitionId) -> Result<SeatsChanged> {
    let seats = find(ctx, id).await?;
    require_visible(ctx, actor, &seats).await?;
    Ok(seats)
}

/// Refuses the seats of a draft to everyone but its organizer.
async fn require_visible(ctx: &Context, actor: &Actor, seats: &SeatsChanged) -> Result<()> {
    if seats.is_draft {
        get_visible_to(ctx, actor, seats.competition_id).await?;
    }
    Ok(())
}

/// The seats of a competition, a draft or not: concurrent reads for all viewers are shared.
async fn find(ctx: &Context, id: CompetitionId) -> Result<SeatsChanged> {
    let (shared, ctx) = (ctx.clone(), ctx.clone());
    let load = move |ids: Vec<CompetitionId>| {
        let ctx = ctx.clone();
        async move { read_each(&ctx.db, &ids, || load(&ctx, &ids)).await }
    };
    let found = shared.events.reads.submit((), id, load).await?;
    found.ok_or_else(|| PublicError::competition_not_found().into())
}

/// Watches the seats of a competition: the current state, then newer ones, from all processes. It
/// ends when the competition becomes a draft, unless it was one when its organizer began to watch.
///
/// # Errors
/// As for [`seats`].
pub async fn watch_seats(ctx: &Context, actor: &Actor, id: CompetitionId) -> Result<SeatsWatch> {
    let reread = {
        let ctx = ctx.clone();
        move || {
            let ctx = ctx.clone();
            // A failed read is repeated later.
            async move { find(&ctx, id).await.ok() }
        }
    };
    // Join the channel before reading, so that no change falls between the two.
    let mut watch = ctx.events.watch(id, reread);
    let known = match watch.newest() {
        Some(known) => known,
        None => {
            let current = find(ctx, id).await?;
            watch.offer(current);
            current
        }
    };
    require_visible(ctx, actor, &known).await?;
    if known.is_draft {
        watch.include_drafts();
    }
    Ok(watch)
}

type Row = (CompetitionId, i32, i32, i32, i32, i32, Option<DateTimeUtc>, Visibility);

async fn load(
    ctx: &Context,
    ids: &[CompetitionId],
) -> Result<HashMap<CompetitionId, SeatsChanged>> {
    use competition::Column as C;
    let db = ctx.db.connection();
    let rows: Vec<Row> = competition::Entity::find()
        .select_only()
        .columns([C::Id, C::Capacity, C::Registered, C::Waitlisted, C::LastWaitlistNumber])
        .columns([C::Version, C::CancelledAt, C::Visibility])
        .filter(bulk::any_of(db, C::Id, ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let state = |row: Row| {
        let (id, capacity, registered, waitlisted, joined, version, cancelled_at, visibility) = row;
        SeatsChanged {
            competition_id: id,
            capacity: count(capacity),
            seats_left: count(capacity - registered),
            waitlisted: count(waitlisted),
            waitlist_departures: count(joined - waitlisted),
            cancelled: cancelled_at.is_some(),
            sequence: count(version),
            is_draft: visibility.is_draft(),
        }
    };
    Ok(rows.into_iter().map(state).map(|state| (state.competition_id, state)).collect())
}
