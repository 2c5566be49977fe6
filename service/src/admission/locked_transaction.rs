//! The transaction of a batch, with its locks.

use std::time::Instant;

use domain::CompetitionId;
use tokio::sync::SemaphorePermit;

use super::store;
use crate::{
    Context, Result,
    infrastructure::{db::WriteTx, locks::CompetitionLock},
    metrics::ADMISSION,
};

/// A transaction that has locked the row of its competition and has not read anything yet. The
/// permit and the lock in Redis are held until it ends.
pub(super) struct LockedTransaction<'a> {
    // Fields are dropped in this order.
    pub(super) tx: WriteTx<'a>,
    pub(super) _lock: Option<CompetitionLock>,
    pub(super) _permit: Option<SemaphorePermit<'a>>,
}

impl<'a> LockedTransaction<'a> {
    /// Takes a batch permit of this process, the lock in Redis, which limits how many processes
    /// queue for the row, and the lock on the row. Reads in the transaction see what its previous
    /// holder has committed: READ COMMITTED takes a new snapshot for each statement, and under
    /// SERIALIZABLE a row that changed during the wait is a serialization failure.
    pub(super) async fn begin(ctx: &'a Context, competition: CompetitionId) -> Result<Self> {
        let began = Instant::now();
        let permit = ctx.admission.batch_permit().await?;
        let permitted = Instant::now();
        ADMISSION.permit(permitted - began);
        let lock = ctx.locks.acquire(competition).await;
        let locked = Instant::now();
        ADMISSION.redis_lock(locked - permitted);
        let tx = ctx.db.begin_serializable_with_lock(&store::lock(competition)).await?;
        ADMISSION.row_lock(locked.elapsed());
        Ok(Self { _permit: permit, _lock: lock, tx })
    }
}
