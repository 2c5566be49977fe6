//! What a job is: a payload with rules and a handler.

use std::{
    collections::HashSet,
    fmt,
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{JobId, Timestamp};
use futures::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    Class, Disposition,
    claim::Claim,
    finish::{acknowledge, complete_all, move_to_dead_letters},
    new_job::NewJob,
    registry::{Parsed, RegisteredJob},
    spec::{Route, Spec},
};
use crate::{
    Cause, Context, Result,
    infrastructure::db::{Transaction, WriteTx},
};

/// Marks the types in the list of `background_jobs.rs`, which implements it for them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a job that no worker would run",
    label = "not in the list of jobs",
    note = "add `{Self}` to the list in service/src/background_jobs.rs"
)]
pub trait Registered {}

/// A background job: a payload, which is all that a run needs to know, with the rules and the
/// handler of its kind.
///
/// A job is added by a file with a payload that implements this trait, and a line in the list of
/// `background_jobs.rs`. The payload is stored as JSON: a field that is added later needs a
/// default, so that jobs of the version before can be read.
pub trait BackgroundJob:
    Registered + Serialize + DeserializeOwned + fmt::Debug + Send + Sync + 'static
{
    /// The name in the `kind` column. It never changes: stored jobs are found by it.
    const NAME: &'static str;
    /// The workers that run it.
    const CLASS: Class;
    /// Lower runs first: a participant waits for a confirmation, no one for a clean-up.
    const PRIORITY: i16;
    /// Failed attempts after which a job moves to the dead letters.
    const MAX_ATTEMPTS: i32 = 3;
    /// How long a run may take before it is cut off.
    const TIME_LIMIT: Duration;
    /// What a run beyond the time limit means for its job. A job that uses nothing but the database
    /// is postponed: the database was slow, and the commits of the run stay.
    const ON_TIMEOUT: Disposition = Disposition::Postpone;
    /// Whether jobs that were claimed together run together, in one [`Execution`].
    const BATCHED: bool = false;
    /// Whether only earlier releases add it: stats list it while there are such jobs.
    const RETIRED: bool = false;
    /// Where jobs wait that were added by `NewJob::with_route`. By default a
    /// job waits in the list that has the name of its kind.
    const OTHER_ROUTES: &'static [Route] = &[];

    /// What the job consists of, at least one: stats, metrics and the limits of workers count
    /// items.
    fn items(&self) -> usize {
        1
    }

    /// The causes of the items of a job of several; `None` if the row of the job has the cause.
    fn causes(&self) -> Option<Vec<Cause>> {
        None
    }

    /// The same work as jobs of one item each. A job of several items is replaced by them when it
    /// fails, so that only the item at fault fails again. None for a job that is never split.
    fn split(&self) -> Vec<NewJob> {
        Vec::new()
    }

    /// Runs the job. `Ok(())` acknowledges it. A handler whose effects must not happen twice
    /// acknowledges the job in their transaction, by [`Execution::acknowledge`].
    ///
    /// # Errors
    /// When the job is to run again or to move to the dead letters, as [`Disposition::of`] decides.
    fn run(
        ctx: &Context,
        execution: &Execution<'_, Self>,
    ) -> impl Future<Output = Result<()>> + Send;
}

impl Spec {
    /// The rules of a job.
    pub const fn of<J: BackgroundJob>() -> Self {
        Self {
            name: J::NAME,
            route: Route { class: J::CLASS, priority: J::PRIORITY, list: J::NAME },
            other_routes: J::OTHER_ROUTES,
            max_attempts: J::MAX_ATTEMPTS,
            time_limit: J::TIME_LIMIT,
            on_timeout: J::ON_TIMEOUT,
            batched: J::BATCHED,
            retired: J::RETIRED,
        }
    }
}

impl<J: BackgroundJob> From<J> for NewJob {
    fn from(job: J) -> Self {
        let items = job.items();
        let payload = serde_json::to_value(job).expect("a payload of plain fields is JSON");
        Self::new(J::NAME, payload, items, J::PRIORITY, J::MAX_ATTEMPTS)
    }
}

impl RegisteredJob {
    /// A job for the list of `background_jobs.rs`.
    pub(crate) const fn of<J: BackgroundJob>() -> Self {
        Self { spec: Spec::of::<J>(), parse: parse::<J>, split: split::<J>, run: run::<J> }
    }
}

fn read<J: BackgroundJob>(payload: &Value) -> Result<J, String> {
    serde_json::from_value(payload.clone()).map_err(|error| error.to_string())
}

/// `Err` with the reason for a payload that this program cannot read.
fn parse<J: BackgroundJob>(payload: &Value) -> Result<Parsed, String> {
    let payload: J = read(payload)?;
    let (items, causes) = (payload.items(), payload.causes());
    Ok(Parsed { payload: Arc::new(payload), items, causes })
}

/// The jobs of one item each. `Err` as for [`parse`].
fn split<J: BackgroundJob>(payload: &Value) -> Result<Vec<NewJob>, String> {
    Ok(read::<J>(payload)?.split())
}

fn run<'a, J: BackgroundJob>(ctx: &'a Context, claims: &'a [Claim]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let Some(execution) = Execution::<J>::of(claims) else { return Ok(()) };
        J::run(ctx, &execution).await?;
        execution.complete(ctx).await
    })
}

/// One run of a job, or of several that run together. The handler acknowledges its jobs through it.
#[derive(Debug)]
pub struct Execution<'a, J> {
    /// Never empty.
    claims: Vec<&'a Claim>,
    /// One for each claim.
    payloads: Vec<&'a J>,
    /// Whether the handler has acknowledged the jobs, or moved them to the dead letters.
    is_settled: AtomicBool,
}

impl<'a, J: BackgroundJob> Execution<'a, J> {
    /// A run of those jobs that are of this type; `None` if there are none.
    pub(super) fn of(claims: &'a [Claim]) -> Option<Self> {
        let jobs = claims.iter().filter_map(|claim| Some((claim, claim.payload::<J>()?)));
        let (claims, payloads): (Vec<_>, Vec<_>) = jobs.unzip();
        let is_settled = AtomicBool::new(false);
        (!claims.is_empty()).then_some(Self { claims, payloads, is_settled })
    }

    /// The claim on the job; of several, on the first one.
    pub(crate) fn claim(&self) -> &'a Claim {
        self.claims[0]
    }

    /// The payload of the job; of several, of the first one.
    pub(crate) fn payload(&self) -> &'a J {
        self.payloads[0]
    }

    /// All jobs of this run.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = (&'a Claim, &'a J)> {
        self.claims.iter().copied().zip(self.payloads.iter().copied())
    }

    /// Acknowledges the jobs in the transaction of their effects. The transaction says which jobs
    /// are still held: effects of any other must not be written, because another worker has it.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn acknowledge<'t>(
        &'t self,
        tx: WriteTx<'t>,
        now: Timestamp,
    ) -> Result<AcknowledgedTx<'t>> {
        let held = acknowledge(&*tx, now, &self.claims).await?;
        Ok(AcknowledgedTx { tx, held, is_settled: &self.is_settled })
    }

    /// Moves the jobs that are still held to the dead letters, because another attempt would fail.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn move_to_dead_letters(&self, ctx: &Context, reason: &str) -> Result<()> {
        for claim in &self.claims {
            move_to_dead_letters(ctx, claim, reason).await?;
        }
        self.is_settled.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Acknowledges the jobs unless the handler has done so itself.
    ///
    /// # Errors
    /// When the database fails; the leases expire then, and the jobs run again.
    pub(super) async fn complete(self, ctx: &Context) -> Result<()> {
        if self.is_settled.load(Ordering::Relaxed) {
            return Ok(());
        }
        complete_all(ctx, &self.claims).await
    }
}

/// A transaction in which the jobs of a run are acknowledged. Dropping it rolls back
/// the effects and the acknowledgement.
#[must_use = "the jobs are acknowledged once this is committed"]
pub(crate) struct AcknowledgedTx<'a> {
    tx: WriteTx<'a>,
    held: HashSet<JobId>,
    is_settled: &'a AtomicBool,
}

impl AcknowledgedTx<'_> {
    /// Whether a job was still held, so that its effects may be written.
    pub(crate) fn holds(&self, claim: &Claim) -> bool {
        self.held.contains(&claim.id)
    }

    /// # Errors
    /// As for [`WriteTx::commit`].
    pub(crate) async fn commit(self) -> Result<()> {
        self.tx.commit().await?;
        self.is_settled.store(true, Ordering::Relaxed);
        Ok(())
    }
}

impl Deref for AcknowledgedTx<'_> {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        &self.tx
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        cron,
        housekeeping::CleanUp,
        jobs::{self, LEASE},
        testing::{Queue, World},
    };

    const ACTIVE: Queue = Queue { waiting: 0, active: 1, completed: 0, dead: 0 };
    const COMPLETED: Queue = Queue { waiting: 0, active: 0, completed: 1, dead: 0 };

    async fn world_with_a_claim() -> (World, Vec<Claim>) {
        let world = World::new().await;
        cron::fire(&world.ctx, "clean_up", world.ctx.now(), CleanUp {}).await.unwrap();
        let claims = jobs::claim(&world.ctx, 1).await.unwrap();
        (world, claims)
    }

    fn execution(claims: &[Claim]) -> Execution<'_, CleanUp> {
        Execution::of(claims).unwrap()
    }

    #[tokio::test]
    async fn a_job_whose_handler_does_not_acknowledge_it_runs_once() {
        let (world, claims) = world_with_a_claim().await;
        // The handler returns `Ok(())` here, and nothing else.
        execution(&claims).complete(&world.ctx).await.unwrap();
        assert_eq!(world.queue().await, COMPLETED);
        world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
        assert_eq!(jobs::sweep(&world.ctx).await.unwrap(), 0);
        assert!(jobs::claim(&world.ctx, 1).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_job_that_its_handler_acknowledged_is_not_acknowledged_again() {
        let (world, claims) = world_with_a_claim().await;
        let (ctx, execution) = (&world.ctx, execution(&claims));
        let tx = ctx.db.begin_read_committed().await.unwrap();
        let tx = execution.acknowledge(tx, ctx.now()).await.unwrap();
        assert!(tx.holds(&claims[0]));
        tx.commit().await.unwrap();
        assert_eq!(world.queue().await, COMPLETED);
        world.execute("UPDATE jobs SET state = 'running'").await.unwrap();
        execution.complete(ctx).await.unwrap();
        assert_eq!(world.queue().await, ACTIVE, "a second statement was sent");
    }

    #[tokio::test]
    async fn an_acknowledgement_that_is_rolled_back_does_not_count() {
        let (world, claims) = world_with_a_claim().await;
        let (ctx, execution) = (&world.ctx, execution(&claims));
        let tx = ctx.db.begin_read_committed().await.unwrap();
        drop(execution.acknowledge(tx, ctx.now()).await.unwrap());
        assert_eq!(world.queue().await, ACTIVE);
        execution.complete(ctx).await.unwrap();
        assert_eq!(world.queue().await, COMPLETED);
    }

    #[tokio::test]
    async fn effects_of_a_job_that_another_worker_has_are_not_to_be_written() {
        let (world, claims) = world_with_a_claim().await;
        let ctx = &world.ctx;
        jobs::release(ctx, &claims).await.unwrap();
        jobs::claim(ctx, 1).await.unwrap();
        let execution = execution(&claims);
        let tx = ctx.db.begin_read_committed().await.unwrap();
        let tx = execution.acknowledge(tx, ctx.now()).await.unwrap();
        assert!(!tx.holds(&claims[0]));
        tx.commit().await.unwrap();
        assert_eq!(world.queue().await, ACTIVE);
    }

    #[tokio::test]
    async fn a_job_that_its_handler_moved_to_the_dead_letters_stays_there() {
        let (world, claims) = world_with_a_claim().await;
        let execution = execution(&claims);
        execution.move_to_dead_letters(&world.ctx, "refused").await.unwrap();
        execution.complete(&world.ctx).await.unwrap();
        assert_eq!(world.queue().await, Queue { dead: 1, ..Queue::default() });
    }
}
