//! Workers that are killed, that lose Redis, and that are frozen for longer than their lease.
//!
//! Guards: the lease and the sweep after it; a job's effects and its end in one transaction; the epoch, by which a
//! worker that was taken for dead cannot undo what its successor did; pushing again what Redis has lost.

use std::time::Duration;

use service::{jobs::LEASE, registration};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::support::{Answer, Ledger, Proxy, Site, Variables, Worker, chance, check, scale, until};

/// How many registrations are under way at once while the backlog is made.
const AT_ONCE: usize = 500;
/// How long a backlog takes, at most.
const PATIENCE: Duration = Duration::from_secs(240);

/// So many registrations whose confirmation is still to be done.
pub(crate) async fn backlog(site: &Site, size: usize) -> Ledger {
    let competition = site.competition(size).await;
    let mut ledger = Ledger::new(competition, size);
    for participants in site.world.crowd_of(size).await.chunks(AT_ONCE) {
        let mut registering = JoinSet::new();
        for participant in participants {
            let (ctx, participant) = (site.world.ctx.clone(), participant.clone());
            registering.spawn(async move {
                let answer = registration::register(&ctx, &participant, competition, None).await;
                answer.expect("an answer").outcome.expect("a seat").registration
            });
        }
        for registration in registering.join_all().await {
            ledger.answers.insert(registration.user_id, Answer::Seated(registration.id));
        }
    }
    ledger
}

/// Kills a worker every two seconds until the backlog is worked off; `midway` happens when a third of it is done.
async fn work_off_under_kills(site: &Site, backlog: usize, midway: impl AsyncFnOnce()) {
    let mut chance = chance();
    let mut midway = Some(midway);
    // A batch of 500 takes a second or two, so that every kill hits one.
    site.world.slow_mail(Duration::from_micros(scale(2_500, 5_000))).await;
    let variables = site.variables().with("WORKER_CONCURRENCY", "1");
    let mut workers = Vec::new();
    for _ in 0..scale(2, 4) {
        workers.push(Worker::start(&variables).await);
    }
    let began = Instant::now();
    loop {
        sleep(Duration::from_secs(2)).await;
        let queue = site.world.queue().await;
        let left = usize::try_from(queue.ready + queue.running).expect("a number of jobs");
        if left <= backlog * 2 / 3
            && let Some(midway) = midway.take()
        {
            midway().await;
        }
        // What is left then is in the hands of the dead.
        if queue.ready == 0 {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "nobody takes the {} jobs that are ready", queue.ready);
        let victim = chance.usize(..workers.len());
        workers[victim].process.kill();
        workers[victim] = Worker::start(&variables).await;
    }
    assert!(midway.is_none(), "it was over too soon");
    site.wait_for_jobs().await;
    let jobs = site.world.confirmation_jobs().await;
    assert!(jobs.iter().any(|job| job.lost_leases > 0), "no kill hit a worker with jobs");
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_killed_every_two_seconds_do_every_job_once() {
    let site = Site::open().await;
    let size = scale(6_000, 20_000);
    let ledger = backlog(&site, size).await;
    work_off_under_kills(&site, size, async || {}).await;
    check(&site, &[ledger]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_survives_kills_and_the_loss_of_all_that_redis_held() {
    let site = Site::open().await;
    let size = scale(6_000, 20_000);
    let ledger = backlog(&site, size).await;
    let flush = async || {
        assert!(
            !site.redis.keys("mini-compete:jobs:ready:*").await.is_empty(),
            "nothing waits in Redis"
        );
        assert!(site.redis.flush().await > 0);
    };
    work_off_under_kills(&site, size, flush).await;
    check(&site, &[ledger]).await;
}

/// A worker behind a network, frozen between its claim and its work.
struct Sleeper {
    worker: Worker,
    network: Proxy,
}

impl Sleeper {
    /// Starts it, and freezes it when it has claimed the only job for the `epoch`th time.
    async fn after_claim(site: &Site, variables: &Variables, epoch: i32) -> Self {
        let network = Proxy::to(site.postgres.port()).await;
        let through = site.postgres.url_through(network.port());
        let worker = Worker::start(&variables.clone().with("DATABASE_URL", through)).await;
        // It learns so much later than we do that the job is its own.
        network.slow_down(Duration::from_millis(150));
        let is_claimed = async || {
            let job = site.world.confirmation_jobs().await.remove(0);
            (&*job.state, job.epoch) == ("running", epoch)
        };
        until("the job is claimed", Duration::from_secs(60), is_claimed).await;
        worker.process.freeze();
        Self { worker, network }
    }

    fn wake(&self) {
        self.network.slow_down(Duration::ZERO);
        self.worker.process.thaw();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_sleeps_past_its_lease_is_not_believed_when_it_wakes() {
    let mut chance = chance();
    let site = Site::open().await;
    let ledger = backlog(&site, 1).await;
    let variables = site.variables().with("WORKER_CONCURRENCY", "1");
    let first = Sleeper::after_claim(&site, &variables, 1).await;
    sleep(LEASE + Duration::from_millis(chance.u64(500..2_000))).await;
    let second = Sleeper::after_claim(&site, &variables, 2).await;
    let before = site.world.confirmation_jobs().await;
    assert_eq!(before[0].lost_leases, 1, "the first has lost its lease");

    first.wake();
    // It says that the job is done, whose row is in the hands of the second.
    sleep(Duration::from_secs(4)).await;
    assert_eq!(site.world.confirmation_jobs().await, before, "the first was believed");
    assert_eq!(site.world.mails().await, 0, "the first did what was not its job any more");
    second.wake();
    site.wait_for_jobs().await;
    let after = &site.world.confirmation_jobs().await[0];
    assert_eq!((&*after.state, after.epoch), ("done", 2), "the second was believed");
    assert_eq!(check(&site, &[ledger]).await, 0);
}
