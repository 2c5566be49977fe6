//! The time at which the attempts of a job began.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::Claim;
use crate::{
    Context, Result,
    entity::{job, job_audit},
};

/// The start of the current series of attempts: when a job was added, or last retried as a dead
/// letter. `Ok(None)` for a job that is gone.
///
/// # Errors
/// When the database fails.
pub(crate) async fn added_or_retried_at(
    ctx: &Context,
    claim: &Claim,
) -> Result<Option<DateTime<Utc>>> {
    let db = ctx.db.connection();
    let Some(row) = job::Entity::find_by_id(claim.id).one(db).await? else { return Ok(None) };
    let retried = job_audit::Entity::find()
        .filter(job_audit::Column::JobId.eq(row.id))
        .order_by_desc(job_audit::Column::At)
        .one(db)
        .await?;
    Ok(Some(retried.map_or(row.created_at, |audit| audit.at.max(row.created_at))))
}
