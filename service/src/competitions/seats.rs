//! The seats of a competition: the current state, and a stream of changes.

use std::collections::HashMap;

use domain::{CompetitionId, PublicError, SeatsChanged};
use sea_orm::{EntityTrait, QueryFilter, QuerySelect, prelude::DateTimeUtc};

use crate::{
    Context, Result,
    entity::{competition, count},
    infrastructure::{coalesced_read::read_each, db::bulk},
};

pub use crate::events::SeatsWatch;

/// The seats of a competition in the database.
///
/// # Errors
/// [`domain::ErrorCode::CompetitionNotFound`].
pub async fn seats(ctx: &Context, id: CompetitionId) -> Result<SeatsChanged> {
    let (shared, ctx) = (ctx.clone(), ctx.clone());
    let load = move |ids: Vec<CompetitionId>| {
        let ctx = ctx.clone();
        async move { read_each(&ctx.db, &ids, || load(&ctx, &ids)).await }
    };
    let found = shared.events.reads.submit((), id, load).await?;
    found.ok_or_else(|| PublicError::competition_not_found().into())
}

/// Watches the seats of a competition: the current state, then newer ones, from all processes.
///
/// # Errors
/// [`domain::ErrorCode::CompetitionNotFound`].
pub async fn watch_seats(ctx: &Context, id: CompetitionId) -> Result<SeatsWatch> {
    let reread = {
        let ctx = ctx.clone();
        move || {
            let ctx = ctx.clone();
            // A failed read is repeated later.
            async move { seats(&ctx, id).await.ok() }
        }
    };
    // Join the channel before reading, so that no change falls between the two.
    let mut watch = ctx.events.watch(id, reread);
    if watch.has_no_state() {
        watch.offer(seats(ctx, id).await?);
    }
    Ok(watch)
}

type Row = (CompetitionId, i32, i32, i32, Option<DateTimeUtc>);

async fn load(
    ctx: &Context,
    ids: &[CompetitionId],
) -> Result<HashMap<CompetitionId, SeatsChanged>> {
    use competition::Column::{CancelledAt, Capacity, Id, Registered, Version};
    let db = ctx.db.connection();
    let rows: Vec<Row> = competition::Entity::find()
        .select_only()
        .columns([Id, Capacity, Registered, Version, CancelledAt])
        .filter(bulk::any_of(db, Id, ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let state = |(id, capacity, registered, version, cancelled_at): Row| SeatsChanged {
        competition_id: id,
        capacity: count(capacity),
        seats_left: count(capacity - registered),
        cancelled: cancelled_at.is_some(),
        sequence: count(version),
    };
    Ok(rows.into_iter().map(state).map(|state| (state.competition_id, state)).collect())
}
