//! How long a job has been tried.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::Claim;
use crate::{
    Context, Result,
    entity::{job, job_audit},
};

/// When a job was added, or was last put back from the dead letter queue. `Ok(None)` for a job that
/// is gone.
///
/// # Errors
/// When the database fails.
pub(crate) async fn begun_at(ctx: &Context, claim: &Claim) -> Result<Option<DateTime<Utc>>> {
    let db = ctx.db.connection();
    let Some(row) = job::Entity::find_by_id(claim.id.0).one(db).await? else { return Ok(None) };
    let put_back = job_audit::Entity::find()
        .filter(job_audit::Column::JobId.eq(row.id))
        .order_by_desc(job_audit::Column::At)
        .one(db)
        .await?;
    Ok(Some(put_back.map_or(row.created_at, |audit| audit.at.max(row.created_at))))
}
