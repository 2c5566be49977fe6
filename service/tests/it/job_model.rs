//! A model-based test of the states of jobs: random sequences of actions of workers, sweepers and
//! operators do.

use std::{
    collections::{BTreeMap, HashSet},
    slice::from_ref,
};

use chrono::TimeDelta;
use domain::{ErrorCode, JobId, RegistrationId};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use service::{
    Cause,
    confirmation::{ConfirmRegistrations, ToConfirm},
    cron,
    housekeeping::CleanUp,
    jobs::{self, BackgroundJob, Claim, FailOutcome, LEASE, Operator},
    testing::{Queue, World},
};
use uuid::Uuid;

use crate::support::code;

/// Sequences on SQLite. On PostgreSQL there are fewer: each step is some round trips.
const SEQUENCES: u32 = 2_000;
const SEQUENCES_ON_POSTGRES: u32 = 150;
/// The longest sequence, in steps.
const STEPS: usize = 20;

/// The items of a job of several.
const ITEMS: u64 = 3;
/// The number of claims that steps choose from; a sequence rarely makes more.
const CLAIMS: usize = 4;

/// One action. A number picks one of all claims so far, lost ones included.
#[derive(Clone, Debug)]
enum Step {
    Add,
    /// Adds a job of several items.
    AddBatch,
    Claim(u64),
    Heartbeat(usize),
    Complete(usize),
    Fail(usize),
    Postpone(usize),
    Release(usize),
    Sweep,
    Retry(usize),
    /// Leaves every job one attempt and one lost worker, so that short sequences reach dead
    /// letters.
    WearOut,
    /// 5 s pass, longer than any pause after a failure.
    Pause,
    /// 31 s pass, longer than a lease.
    Outage,
}

fn step() -> impl Strategy<Value = Step> {
    let claim = || 0..CLAIMS;
    prop_oneof![
        1 => Just(Step::Add),
        1 => Just(Step::AddBatch),
        5 => (1..4u64).prop_map(Step::Claim),
        1 => claim().prop_map(Step::Heartbeat),
        2 => claim().prop_map(Step::Complete),
        3 => claim().prop_map(Step::Fail),
        2 => claim().prop_map(Step::Postpone),
        1 => claim().prop_map(Step::Release),
        2 => Just(Step::Sweep),
        3 => claim().prop_map(Step::Retry),
        2 => Just(Step::WearOut),
        1 => Just(Step::Pause),
        2 => Just(Step::Outage),
    ]
}

/// The expected state of a job. Times are in milliseconds since the sequence began.
#[derive(Debug)]
struct Expected {
    state: State,
    items: u64,
    epoch: u32,
    attempts: u32,
    postponements: u32,
    lost_leases: u32,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// It may be claimed from a time between these two on.
    Waiting(i64, i64),
    /// Until its lease expires.
    Active(i64),
    Completed,
    Dead,
}

/// A running sequence.
struct Play<'a> {
    world: &'a World,
    now: i64,
    jobs: BTreeMap<JobId, Expected>,
    /// Each with its expected epoch.
    claims: Vec<(Claim, u32)>,
}

impl Play<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Add => self.add(CleanUp {}, 1).await,
            Step::AddBatch => {
                let registration = |number: u64| {
                    let id = RegistrationId(Uuid::from_u128(number.into()));
                    ToConfirm::new(id, Cause::default())
                };
                let registrations = (0..ITEMS).map(registration).collect();
                self.add(ConfirmRegistrations { registrations }, ITEMS).await;
            }
            Step::Claim(limit) => return self.claim(*limit).await,
            Step::Heartbeat(number) => {
                let Some((claim, held)) = self.pick(*number) else { return Ok(()) };
                let kept = jobs::extend_lease(&self.world.ctx, from_ref(&claim)).await.unwrap();
                prop_assert_eq!(kept, held.then_some(claim.key()).into_iter().collect());
                if held {
                    self.set(claim.id, State::Active(self.now + lease()));
                }
            }
            Step::Complete(number) => {
                let Some((claim, held)) = self.pick(*number) else { return Ok(()) };
                jobs::complete(&self.world.ctx, &claim).await.unwrap();
                if held {
                    self.set(claim.id, State::Completed);
                }
            }
            Step::Fail(number) => {
                let Some((claim, held)) = self.pick(*number) else { return Ok(()) };
                let verdict = jobs::fail(&self.world.ctx, &claim, "no luck").await.unwrap();
                prop_assert_eq!(verdict, self.fail(claim.id, held).await);
            }
            Step::Postpone(number) => {
                let Some((claim, held)) = self.pick(*number) else { return Ok(()) };
                // The model cannot tell whether a longer pause is over.
                if self.jobs.get(&claim.id).is_some_and(|job| job.postponements == 3) {
                    return Ok(());
                }
                jobs::postpone(&self.world.ctx, from_ref(&claim), "away").await.unwrap();
                if held {
                    let job = self.jobs.get_mut(&claim.id).unwrap();
                    let pause = 2_000 << job.postponements;
                    job.postponements += 1;
                    job.state =
                        State::Waiting(self.now + pause * 8 / 10, self.now + pause * 12 / 10);
                    if job.items > 1 && job.postponements == 2 {
                        self.split(claim.id).await;
                    }
                }
            }
            Step::Release(number) => {
                let Some((claim, held)) = self.pick(*number) else { return Ok(()) };
                jobs::release(&self.world.ctx, from_ref(&claim)).await.unwrap();
                if held {
                    self.set(claim.id, State::Waiting(0, 0));
                }
            }
            Step::Sweep => {
                let swept = jobs::sweep(&self.world.ctx).await.unwrap();
                prop_assert_eq!(swept, self.sweep().await);
            }
            Step::Retry(number) => {
                let Some((claim, _)) = self.pick(*number) else { return Ok(()) };
                let retried = jobs::retry(&self.world.ctx, Operator::Console, claim.id).await;
                if let Some(job) = self.jobs.get_mut(&claim.id)
                    && matches!(job.state, State::Dead)
                {
                    prop_assert!(retried.is_ok());
                    job.state = State::Waiting(0, 0);
                    (job.attempts, job.postponements, job.lost_leases) = (0, 0, 0);
                } else {
                    prop_assert_eq!(code(retried.unwrap_err()), ErrorCode::JobNotFound);
                }
            }
            Step::WearOut => {
                let worn_out = "UPDATE jobs SET attempts = 2, lost_leases = 3";
                self.world.execute(worn_out).await.unwrap();
                for job in self.jobs.values_mut() {
                    (job.attempts, job.lost_leases) = (2, 3);
                }
            }
            Step::Pause => self.advance(5_000),
            Step::Outage => self.advance(31_000),
        }
        Ok(())
    }

    fn advance(&mut self, milliseconds: i64) {
        self.now += milliseconds;
        self.world.clock.advance(TimeDelta::milliseconds(milliseconds));
    }

    /// A claim, and whether it should still hold its job.
    fn pick(&self, number: usize) -> Option<(Claim, bool)> {
        if self.claims.is_empty() {
            return None;
        }
        let (claim, epoch) = &self.claims[number % self.claims.len()];
        // A job that was split is gone.
        let held = self
            .jobs
            .get(&claim.id)
            .is_some_and(|job| matches!(job.state, State::Active(_)) && job.epoch == *epoch);
        Some((claim.clone(), held))
    }

    fn set(&mut self, id: JobId, state: State) {
        self.jobs.get_mut(&id).unwrap().state = state;
    }

    async fn add(&mut self, job: impl BackgroundJob, items: u64) {
        // Two ticks of one schedule have different times.
        self.advance(1);
        let ctx = &self.world.ctx;
        cron::fire(ctx, "model", ctx.now(), job).await.unwrap();
        for id in self.world.job_ids().await {
            let state = State::Waiting(0, 0);
            self.jobs.entry(id).or_insert(Expected {
                state,
                items,
                epoch: 0,
                attempts: 0,
                postponements: 0,
                lost_leases: 0,
            });
        }
    }

    async fn claim(&mut self, limit: u64) -> Result<(), TestCaseError> {
        let claims = jobs::claim(&self.world.ctx, limit).await.unwrap();
        let due = self.jobs.iter().filter(|(_, job)| match job.state {
            State::Waiting(earliest, latest) => {
                assert!(self.now < earliest || self.now >= latest, "the model cannot tell");
                self.now >= latest
            }
            _ => false,
        });
        let due: HashSet<JobId> = due.map(|(id, _)| *id).collect();
        prop_assert_eq!(claims.is_empty(), due.is_empty());
        prop_assert!(claims.len() as u64 <= limit);
        let alone = claims.len() == 1;
        for claim in claims {
            prop_assert!(due.contains(&claim.id), "not due: {}", claim.id);
            let job = self.jobs.get_mut(&claim.id).unwrap();
            prop_assert!(alone || job.lost_leases == 0, "a suspect that is not alone");
            job.epoch += 1;
            job.state = State::Active(self.now + lease());
            self.claims.push((claim, job.epoch));
        }
        Ok(())
    }

    /// Replaces a job by jobs of one item each, which inherit its pause and what was lost.
    async fn split(&mut self, id: JobId) {
        let job = self.jobs.remove(&id).unwrap();
        for part in self.world.job_ids().await {
            let (state, lost_leases) = (job.state, job.lost_leases);
            let postponements = job.postponements;
            self.jobs.entry(part).or_insert(Expected {
                state,
                items: 1,
                epoch: 0,
                attempts: 0,
                postponements,
                lost_leases,
            });
        }
    }

    async fn fail(&mut self, id: JobId, held: bool) -> FailOutcome {
        if !held {
            return FailOutcome::Lost;
        }
        let job = self.jobs.get_mut(&id).unwrap();
        if job.items > 1 {
            job.state = State::Waiting(0, 0);
            self.split(id).await;
            return FailOutcome::Split;
        }
        job.attempts += 1;
        job.postponements = 0;
        if job.attempts == 3 {
            job.state = State::Dead;
            return FailOutcome::Dead;
        }
        let pause = 2_000 << (job.attempts - 1);
        job.state = State::Waiting(self.now + pause * 8 / 10, self.now + pause * 12 / 10);
        FailOutcome::Retry
    }

    async fn sweep(&mut self) -> usize {
        let (mut swept, mut split) = (0, Vec::new());
        for (id, job) in &mut self.jobs {
            let State::Active(until) = job.state else { continue };
            if until >= self.now {
                continue;
            }
            swept += 1;
            job.lost_leases += 1;
            if job.items > 1 && job.lost_leases >= 2 {
                job.state = State::Waiting(0, 0);
                split.push(*id);
            } else {
                job.state = if job.lost_leases > 3 { State::Dead } else { State::Waiting(0, 0) };
            }
        }
        for id in split {
            self.split(id).await;
        }
        swept
    }

    /// The expected number of jobs in each state.
    fn tally(&self) -> Queue {
        let mut tally = Queue::default();
        for job in self.jobs.values() {
            match job.state {
                State::Waiting(..) => tally.waiting += job.items,
                State::Active(_) => tally.active += job.items,
                State::Completed => tally.completed += job.items,
                State::Dead => tally.dead += 1,
            }
        }
        tally
    }
}

fn lease() -> i64 {
    i64::try_from(LEASE.as_millis()).unwrap()
}

async fn play(world: &World, steps: &[Step]) -> Result<(), TestCaseError> {
    for table in ["jobs", "failed_jobs"] {
        world.execute(&format!("DELETE FROM {table}")).await.unwrap();
    }
    let mut play = Play { world, now: 0, jobs: BTreeMap::new(), claims: Vec::new() };
    for step in [Step::Add, Step::Add].iter().chain(steps) {
        play.step(step).await?;
        if !matches!(step, Step::Pause | Step::Outage) {
            prop_assert_eq!(world.queue().await, play.tally(), "after {:?}", step);
        }
    }
    Ok(())
}

#[test]
fn jobs_follow_the_model_in_random_sequences() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let world = runtime.block_on(World::in_memory());
    let is_sqlite = world.database_url().starts_with("sqlite");
    let cases = if is_sqlite { SEQUENCES } else { SEQUENCES_ON_POSTGRES };
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let sequences = vec(step(), 1..=STEPS);
    let played =
        TestRunner::new(config).run(&sequences, |steps| runtime.block_on(play(&world, &steps)));
    if let Err(counterexample) = played {
        panic!("{counterexample}");
    }
}
