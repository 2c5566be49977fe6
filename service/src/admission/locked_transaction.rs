//! The transaction of a batch, with its locks.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use domain::CompetitionId;
use tokio::sync::SemaphorePermit;

use super::store::{self, IfLocked};
use crate::{
    Context, Result,
    infrastructure::{
        db::{LockedRows, WriteTx},
        locks::{HeldLocks, TryLock},
    },
    metrics::ADMISSION,
};

/// How long a batch on its own waits for a lock in the database.
const MAX_WAIT: Duration = Duration::from_secs(3);
/// How long the lane waits for one, of a row that it does not skip: of a registration, or of a key.
const MAX_WAIT_IN_LANE: Duration = Duration::from_millis(250);

/// A transaction that has locked the rows of its competitions and has not read anything yet. The
/// permit and the locks in Redis are held until it ends.
pub(super) struct LockedTransaction<'a> {
    // Fields are dropped in this order.
    pub(super) tx: WriteTx<'a>,
    pub(super) _locks: Option<HeldLocks>,
    pub(super) _permit: Option<SemaphorePermit<'a>>,
}

impl<'a> LockedTransaction<'a> {
    /// Takes a permit of this process, the lock in Redis if it is free, and the lock on the row.
    /// Reads in the transaction see what its previous holder has committed: READ COMMITTED takes a
    /// new snapshot for each statement, and under SERIALIZABLE a row that changed during the wait
    /// is a serialization failure.
    pub(super) async fn begin(ctx: &'a Context, competition: CompetitionId) -> Result<Self> {
        let permit = ctx.admission.alone_permit().await?;
        let TryLock { held, .. } = try_lock(ctx, &[competition]).await;
        let (tx, _) = lock_rows(ctx, &[competition], IfLocked::Wait).await?;
        Ok(Self { tx, _locks: held, _permit: permit })
    }

    /// The same for several competitions, without waiting for a lock.
    pub(super) async fn try_begin(
        ctx: &'a Context,
        competitions: &[CompetitionId],
    ) -> Result<TryBegin<'a>> {
        let permit = ctx.admission.lane_permit().await?;
        let TryLock { held, busy } = try_lock(ctx, competitions).await;
        let is_free = |competition: &CompetitionId| !busy.contains(competition);
        let free: Vec<_> = competitions.iter().copied().filter(is_free).collect();
        if free.is_empty() {
            return Ok(TryBegin { transaction: None, locked: HashSet::new(), busy });
        }
        let (tx, locked) = lock_rows(ctx, &free, IfLocked::Skip).await?;
        let transaction = Some(Self { tx, _locks: held, _permit: permit });
        Ok(TryBegin { transaction, locked, busy })
    }
}

/// The result of locking several competitions without waiting.
pub(super) struct TryBegin<'a> {
    /// `None` when all are busy.
    pub(super) transaction: Option<LockedTransaction<'a>>,
    /// Those that the transaction has locked.
    pub(super) locked: HashSet<CompetitionId>,
    /// Those that another batch has locked in Redis.
    pub(super) busy: HashSet<CompetitionId>,
}

async fn try_lock(ctx: &Context, competitions: &[CompetitionId]) -> TryLock {
    let began = Instant::now();
    let locks = ctx.locks.try_acquire(competitions).await;
    ADMISSION.redis_lock(began.elapsed());
    locks
}

async fn lock_rows<'a>(
    ctx: &'a Context,
    competitions: &[CompetitionId],
    if_locked: IfLocked,
) -> Result<(WriteTx<'a>, HashSet<CompetitionId>)> {
    let max_wait = match if_locked {
        IfLocked::Wait => MAX_WAIT,
        IfLocked::Skip => MAX_WAIT_IN_LANE,
    };
    let lock = store::lock(competitions, if_locked);
    let began = Instant::now();
    let LockedRows { tx, rows } = ctx.db.begin_serializable_with_lock(&lock, max_wait).await?;
    ADMISSION.row_lock(began.elapsed());
    let locked = match rows {
        Some(rows) => store::locked(&rows)?,
        // The only writer has locked every row.
        None => competitions.iter().copied().collect(),
    };
    Ok((tx, locked))
}
