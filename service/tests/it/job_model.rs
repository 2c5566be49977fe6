//! The life of jobs against a model of it: whatever workers, sweepers and operators do, and in whatever order.

use std::{
    collections::{BTreeMap, HashSet},
    slice::from_ref,
};

use chrono::TimeDelta;
use domain::{ErrorCode, JobId};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use service::{
    cron,
    jobs::{self, Claim, Job, LEASE, Operator, Verdict},
    testing::{Queue, World},
};

use crate::support::code;

/// Sequences played on SQLite. PostgreSQL, where each step is some round trips, sees fewer.
const SEQUENCES: u32 = 2_000;
const SEQUENCES_ON_POSTGRES: u32 = 150;
/// Steps in a sequence, at most.
const STEPS: usize = 20;

/// Claims that steps tell apart; a sequence hardly makes more.
const CLAIMS: usize = 4;

/// Something that happens. A number picks among all claims that were ever made, those that were lost as well.
#[derive(Clone, Debug)]
enum Step {
    Add,
    Claim(u64),
    Heartbeat(usize),
    Complete(usize),
    Fail(usize),
    Postpone(usize),
    HandBack(usize),
    Sweep,
    Revive(usize),
    /// Every job has one attempt and one worker left: a sequence is short, and death is to be met in it.
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
        5 => (1..4u64).prop_map(Step::Claim),
        1 => claim().prop_map(Step::Heartbeat),
        2 => claim().prop_map(Step::Complete),
        3 => claim().prop_map(Step::Fail),
        2 => claim().prop_map(Step::Postpone),
        1 => claim().prop_map(Step::HandBack),
        2 => Just(Step::Sweep),
        3 => claim().prop_map(Step::Revive),
        2 => Just(Step::WearOut),
        1 => Just(Step::Pause),
        2 => Just(Step::Outage),
    ]
}

/// A job as it should be. Times are in milliseconds since the sequence began.
#[derive(Debug)]
struct Expected {
    state: State,
    epoch: u32,
    attempts: u32,
    postponements: u32,
    lost_leases: u32,
}

#[derive(Debug)]
enum State {
    /// It may be taken from a time between these two on.
    Ready(i64, i64),
    /// Until its lease expires.
    Running(i64),
    Done,
    Dead,
}

/// A sequence as far as it was played.
struct Play<'a> {
    world: &'a World,
    now: i64,
    jobs: BTreeMap<JobId, Expected>,
    /// Each with the epoch that it should have.
    claims: Vec<(Claim, u32)>,
}

impl Play<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Add => self.add().await,
            Step::Claim(limit) => return self.claim(*limit).await,
            Step::Heartbeat(number) => {
                let Some((claim, held)) = self.pick(*number) else { return Ok(()) };
                let kept = jobs::extend_lease(&self.world.ctx, from_ref(&claim)).await.unwrap();
                prop_assert_eq!(kept, held.then_some(claim.key()).into_iter().collect());
                if held {
                    self.set(claim.id, State::Running(self.now + lease()));
                }
            }
            Step::Complete(number) => {
                let Some((claim, held)) = self.pick(*number) else { return Ok(()) };
                jobs::complete(&self.world.ctx, &claim).await.unwrap();
                if held {
                    self.set(claim.id, State::Done);
                }
            }
            Step::Fail(number) => {
                let Some((claim, held)) = self.pick(*number) else { return Ok(()) };
                let verdict = jobs::fail(&self.world.ctx, &claim, "no luck").await.unwrap();
                prop_assert_eq!(verdict, self.fail(claim.id, held));
            }
            Step::Postpone(number) => {
                let Some((claim, held)) = self.pick(*number) else { return Ok(()) };
                let job = self.jobs.get_mut(&claim.id).unwrap();
                // Longer pauses end at times at which the model cannot tell.
                if job.postponements == 3 {
                    return Ok(());
                }
                jobs::postpone(&self.world.ctx, from_ref(&claim), "away").await.unwrap();
                if held {
                    let pause = 2_000 << job.postponements;
                    job.postponements += 1;
                    job.state = State::Ready(self.now + pause * 8 / 10, self.now + pause * 12 / 10);
                }
            }
            Step::HandBack(number) => {
                let Some((claim, held)) = self.pick(*number) else { return Ok(()) };
                jobs::hand_back(&self.world.ctx, from_ref(&claim)).await.unwrap();
                if held {
                    self.set(claim.id, State::Ready(0, 0));
                }
            }
            Step::Sweep => {
                let swept = jobs::sweep(&self.world.ctx).await.unwrap();
                prop_assert_eq!(swept, self.sweep());
            }
            Step::Revive(number) => {
                let Some((claim, _)) = self.pick(*number) else { return Ok(()) };
                let revived = jobs::revive(&self.world.ctx, Operator::Console, claim.id).await;
                let job = self.jobs.get_mut(&claim.id).unwrap();
                if matches!(job.state, State::Dead) {
                    prop_assert!(revived.is_ok());
                    job.state = State::Ready(0, 0);
                    (job.attempts, job.postponements, job.lost_leases) = (0, 0, 0);
                } else {
                    prop_assert_eq!(code(revived.unwrap_err()), ErrorCode::JobNotFound);
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

    /// A claim, and whether its job should be in its hands.
    fn pick(&self, number: usize) -> Option<(Claim, bool)> {
        if self.claims.is_empty() {
            return None;
        }
        let (claim, epoch) = &self.claims[number % self.claims.len()];
        let job = &self.jobs[&claim.id];
        let held = matches!(job.state, State::Running(_)) && job.epoch == *epoch;
        Some((claim.clone(), held))
    }

    fn set(&mut self, id: JobId, state: State) {
        self.jobs.get_mut(&id).unwrap().state = state;
    }

    async fn add(&mut self) {
        // Two ticks of one schedule are never at one time.
        self.advance(1);
        let ctx = &self.world.ctx;
        cron::fire(ctx, "model", ctx.now(), &Job::CleanUp {}).await.unwrap();
        for id in self.world.job_ids().await {
            let state = State::Ready(0, 0);
            self.jobs.entry(id).or_insert(Expected {
                state,
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
            State::Ready(earliest, latest) => {
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
            job.state = State::Running(self.now + lease());
            self.claims.push((claim, job.epoch));
        }
        Ok(())
    }

    fn fail(&mut self, id: JobId, held: bool) -> Verdict {
        let job = self.jobs.get_mut(&id).unwrap();
        if !held {
            return Verdict::Lost;
        }
        job.attempts += 1;
        job.postponements = 0;
        if job.attempts == 3 {
            job.state = State::Dead;
            return Verdict::Dead;
        }
        let pause = 2_000 << (job.attempts - 1);
        job.state = State::Ready(self.now + pause * 8 / 10, self.now + pause * 12 / 10);
        Verdict::Retry
    }

    fn sweep(&mut self) -> usize {
        let mut swept = 0;
        for job in self.jobs.values_mut() {
            let State::Running(until) = job.state else { continue };
            if until >= self.now {
                continue;
            }
            swept += 1;
            job.lost_leases += 1;
            job.state = if job.lost_leases > 3 { State::Dead } else { State::Ready(0, 0) };
        }
        swept
    }

    /// How many jobs should be where.
    fn tally(&self) -> Queue {
        let mut tally = Queue::default();
        for job in self.jobs.values() {
            match job.state {
                State::Ready(..) => tally.ready += 1,
                State::Running(_) => tally.running += 1,
                State::Done => tally.done += 1,
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
fn whatever_happens_to_jobs_each_is_where_it_should_be() {
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
