//! Extending and releasing leases.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};

use super::claim::{Claim, ClaimKey, LEASE, Timestamptz, held};
use crate::{
    Context, Result,
    entity::job::{self, State},
    infrastructure::db::bulk::{any_of, update_returning},
};

/// Extends the lease of some claims; returns those that are still held.
///
/// # Errors
/// When the database fails.
pub async fn extend_lease(ctx: &Context, claims: &[Claim]) -> Result<HashSet<ClaimKey>> {
    let db = ctx.db.autocommit().await;
    let extend = job::Entity::update_many()
        .col_expr(job::Column::LeaseUntil, Expr::value(ctx.now().utc() + LEASE))
        .filter(held(&*db, claims));
    let kept = update_returning(&*db, extend).await?;
    Ok(kept.into_iter().map(|row| (row.id, row.epoch)).collect())
}

/// Subtracts one from the lost leases of each job: its worker could not reach the database, so the
/// count must not suggest that the job killed its worker.
///
/// # Errors
/// When the database fails.
pub async fn excuse_lost_leases(ctx: &Context, claims: &[Claim]) -> Result<()> {
    let db = ctx.db.autocommit().await;
    job::Entity::update_many()
        .col_expr(job::Column::LostLeases, Expr::col(job::Column::LostLeases).sub(1))
        .filter(any_of(&*db, job::Column::Id, claims.iter().map(|claim| claim.id)))
        .filter(job::Column::LostLeases.gt(0))
        .exec(&*db)
        .await?;
    Ok(())
}

/// Releases claims whose jobs were not worked on: another worker can take them at once.
///
/// # Errors
/// When the database fails; the leases expire then.
pub async fn release(ctx: &Context, claims: &[Claim]) -> Result<()> {
    let db = ctx.db.autocommit().await;
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(State::Waiting))
        .col_expr(job::Column::LeaseUntil, Expr::value(None::<Timestamptz>))
        .col_expr(job::Column::EnqueuedAt, Expr::value(None::<Timestamptz>))
        .filter(held(&*db, claims))
        .exec(&*db)
        .await?;
    ctx.wake_local_workers();
    Ok(())
}
