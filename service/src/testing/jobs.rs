//! A worker for tests: runs the jobs that are due one after the other, and returns.

use sea_orm::EntityTrait;

use super::World;
use crate::{Context, entity::job, jobs};

/// Jobs claimed at a time.
const BATCH: u64 = 100;

impl World {
    /// Runs all jobs that are due; returns their number.
    ///
    /// # Panics
    /// When one of them fails.
    pub async fn run_pending_jobs(&self) -> usize {
        run_pending_jobs(&self.ctx).await
    }

    /// The request id of each job, as `kind request-id`, in order; without those that have none.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn request_ids_of_jobs(&self) -> Vec<String> {
        let rows = job::Entity::find().all(self.ctx.db.connection()).await.expect("jobs");
        let named = rows.into_iter().filter_map(|row| Some((row.kind, row.request_id?)));
        let mut ids: Vec<_> = named.map(|(kind, id)| format!("{kind} {id}")).collect();
        ids.sort_unstable();
        ids
    }
}

/// The same in the process of `ctx`.
///
/// # Panics
/// When one of them fails.
pub async fn run_pending_jobs(ctx: &Context) -> usize {
    let mut done = 0;
    loop {
        let claims = jobs::claim(ctx, BATCH).await.expect("claims");
        if claims.is_empty() {
            return done;
        }
        for claim in &claims {
            jobs::execute(ctx, std::slice::from_ref(claim)).await.expect("a job that succeeds");
        }
        done += claims.len();
    }
}
