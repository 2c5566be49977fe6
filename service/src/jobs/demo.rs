//! Dead letters for the demo.

use domain::JobId;
use uuid::Uuid;

use crate::{Context, Result, entity::failed_job, infrastructure::db::bulk};

/// Jobs of kinds that no program knows: after a retry they stay waiting.
const RETIRED: [&str; 6] = [
    "refresh_rankings",
    "send_newsletter",
    "export_roster",
    "sync_calendar",
    "rebuild_index",
    "warm_cache",
];
/// The id of the first; the others follow.
const FIRST_ID: u128 = 0x0193_9a00_0000_7000_8000_0000_0000_0001;

/// Adds the dead letters of the demo that are missing.
pub(crate) async fn seed_dead_letters(ctx: &Context) -> Result<()> {
    let now = ctx.now().utc();
    let rows = (FIRST_ID..).zip(RETIRED).map(|(id, kind)| failed_job::Model {
        id: JobId(Uuid::from_u128(id)),
        kind: kind.to_owned(),
        payload: serde_json::json!({}),
        priority: 20,
        attempts: 3,
        max_attempts: 3,
        epoch: 3,
        last_error: format!("no worker knows what {kind} is: it was retired"),
        dedup_key: None,
        created_at: now,
        failed_at: now,
        request_id: None,
        traceparent: None,
    });
    let rows = rows.collect();
    bulk::insert_new(&*ctx.db.autocommit().await, rows, failed_job::Column::Id).await
}
