//! The transaction of a batch, with its locks.

use std::{collections::HashSet, time::Instant};

use domain::CompetitionId;
use tokio::sync::SemaphorePermit;

use super::store::{self, IfLocked};
use crate::{
    Context, Result,
    infrastructure::{
        db::{Locking, WriteTx},
        locks::{Attempt, HeldLocks},
    },
    metrics::ADMISSION,
};

/// A transaction that has locked the rows of its competitions and has not read anything yet. The
/// permit and the locks in Redis are held until it ends.
pub(super) struct LockedTransaction<'a> {
    // Fields are dropped in this order.
    pub(super) tx: WriteTx<'a>,
    pub(super) _locks: Option<HeldLocks>,
    pub(super) _permit: Option<SemaphorePermit<'a>>,
}

impl<'a> LockedTransaction<'a> {
    /// Takes a batch permit of this process, the lock in Redis, which limits how many processes
    /// queue for the row, and the lock on the row. Reads in the transaction see what its previous
    /// holder has committed: READ COMMITTED takes a new snapshot for each statement, and under
    /// SERIALIZABLE a row that changed during the wait is a serialization failure.
    pub(super) async fn begin(ctx: &'a Context, competition: CompetitionId) -> Result<Self> {
        let permit = permit(ctx).await?;
        let began = Instant::now();
        let locks = ctx.locks.acquire(competition).await;
        ADMISSION.redis_lock(began.elapsed());
        let (tx, _) = lock_rows(ctx, &[competition], IfLocked::Wait).await?;
        Ok(Self { tx, _locks: locks, _permit: permit })
    }

    /// The same for several competitions, without waiting for a lock.
    pub(super) async fn try_begin(
        ctx: &'a Context,
        competitions: &[CompetitionId],
    ) -> Result<Attempted<'a>> {
        let permit = permit(ctx).await?;
        let began = Instant::now();
        let Attempt { held, busy } = ctx.locks.try_acquire(competitions).await;
        ADMISSION.redis_lock(began.elapsed());
        let is_free = |competition: &CompetitionId| !busy.contains(competition);
        let free: Vec<_> = competitions.iter().copied().filter(is_free).collect();
        if free.is_empty() {
            return Ok(Attempted { transaction: None, locked: HashSet::new(), busy });
        }
        let (tx, locked) = lock_rows(ctx, &free, IfLocked::Skip).await?;
        let transaction = Some(Self { tx, _locks: held, _permit: permit });
        Ok(Attempted { transaction, locked, busy })
    }
}

/// The result of locking several competitions without waiting.
pub(super) struct Attempted<'a> {
    /// `None` when all are busy.
    pub(super) transaction: Option<LockedTransaction<'a>>,
    /// Those that the transaction has locked.
    pub(super) locked: HashSet<CompetitionId>,
    /// Those that another process has locked in Redis.
    pub(super) busy: HashSet<CompetitionId>,
}

async fn permit(ctx: &Context) -> Result<Option<SemaphorePermit<'_>>> {
    let began = Instant::now();
    let permit = ctx.admission.batch_permit().await?;
    ADMISSION.permit(began.elapsed());
    Ok(permit)
}

async fn lock_rows<'a>(
    ctx: &'a Context,
    competitions: &[CompetitionId],
    if_locked: IfLocked,
) -> Result<(WriteTx<'a>, HashSet<CompetitionId>)> {
    let began = Instant::now();
    let Locking { tx, rows } =
        ctx.db.begin_serializable_with_lock(&store::lock(competitions, if_locked)).await?;
    ADMISSION.row_lock(began.elapsed());
    let locked = match rows {
        Some(rows) => store::locked(&rows)?,
        // The only writer has locked every row.
        None => competitions.iter().copied().collect(),
    };
    Ok((tx, locked))
}
