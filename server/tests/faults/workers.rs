//! Workers that are killed, lose Redis, or are frozen for longer than their lease.
//!
//! Guards: the lease and the sweep for expired ones; one transaction for the effects of a job and
//! its completion; the epoch, a fencing token by which a worker that has lost its lease cannot
//! complete the job; enqueueing again what Redis has lost.

use std::time::Duration;

use service::{competitions, jobs::LEASE, registration};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::support::{
    Ledger, Outcome, Proxy, Site, Variables, Worker, check, scale, seeded_rng, wait_until,
};

/// The number of concurrent registrations while a backlog is created.
const CONCURRENCY: usize = 500;
/// How long draining a backlog may take.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(240);

/// Creates registrations whose confirmation jobs are waiting.
pub(crate) async fn backlog(site: &Site, size: usize) -> Ledger {
    let competition = site.competition(size).await;
    let mut ledger = Ledger::new(competition, size);
    for participants in site.world.participants_in_bulk(size).await.chunks(CONCURRENCY) {
        let mut registering = JoinSet::new();
        for participant in participants {
            let (ctx, participant) = (site.world.ctx.clone(), participant.clone());
            registering.spawn(async move {
                let registered =
                    registration::register(&ctx, &participant, competition, None).await;
                registered.expect("a response").outcome.expect("a seat").registration
            });
        }
        for registration in registering.join_all().await {
            ledger.outcomes.insert(registration.user_id, Outcome::Registered(registration.id));
        }
    }
    ledger
}

/// Kills a worker every two seconds until the backlog is drained. Runs `midway` once a third of the
/// jobs are completed.
async fn drain_under_kills(site: &Site, backlog: usize, midway: impl AsyncFnOnce()) {
    let mut rng = seeded_rng();
    let mut midway = Some(midway);
    // A batch of 500 then takes a second or two, so that every kill hits one.
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
        let left = usize::try_from(queue.waiting + queue.active).expect("a number of jobs");
        if left <= backlog * 2 / 3
            && let Some(midway) = midway.take()
        {
            midway().await;
        }
        // The remaining jobs are leased by killed workers.
        if queue.waiting == 0 {
            break;
        }
        assert!(
            began.elapsed() < DRAIN_TIMEOUT,
            "no worker takes the {} waiting jobs",
            queue.waiting
        );
        let victim = rng.usize(..workers.len());
        workers[victim].process.kill();
        workers[victim] = Worker::start(&variables).await;
    }
    assert!(midway.is_none(), "the backlog was drained too soon");
    site.wait_for_jobs().await;
    let jobs = site.world.confirmation_jobs().await;
    assert!(jobs.iter().any(|job| job.lost_leases > 0), "no kill hit a worker with jobs");
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_killed_every_two_seconds_complete_each_job_once() {
    let site = Site::open().await;
    let size = scale(6_000, 20_000);
    let ledger = backlog(&site, size).await;
    drain_under_kills(&site, size, async || {}).await;
    check(&site, &[ledger]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_survives_kills_and_a_flushed_redis() {
    let site = Site::open().await;
    let size = scale(6_000, 20_000);
    let ledger = backlog(&site, size).await;
    let flush = async || {
        assert!(
            !site.redis.keys("mini-compete:jobs:ready:*").await.is_empty(),
            "no job waits in Redis"
        );
        assert!(site.redis.flush().await > 0);
    };
    drain_under_kills(&site, size, flush).await;
    check(&site, &[ledger]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_while_it_notifies_of_a_change_leaves_the_rest_to_the_next_one() {
    let site = Site::open().await;
    let size = scale(2_500, 5_000);
    let ledger = backlog(&site, size).await;
    let variables = site.variables();
    let mut worker = Worker::start(&variables).await;
    site.wait_for_jobs().await;
    // A batch of 500 then takes more than a second.
    site.world.slow_mail(Duration::from_micros(2_500)).await;
    let id = ledger.competition;
    let patch = serde_json::json!({ "title": "Moved" });
    let patch = serde_json::from_value(patch).expect("a patch");
    let edited = competitions::edit(&site.world.ctx, &site.organizer, id, patch, None).await;
    edited.expect("a response").outcome.expect("an edit");
    site.world.execute("UPDATE jobs SET run_at = now() WHERE state = 'ready'").await.unwrap();
    let notified = async || {
        let sql = "UPDATE mailbox SET read_at = read_at WHERE dedup_key LIKE 'change:%'";
        usize::try_from(site.world.execute(sql).await.unwrap()).expect("a number of messages")
    };
    let minute = Duration::from_secs(60);
    wait_until("some are notified", minute, async || notified().await > 0).await;
    worker.process.kill();
    let before = notified().await;
    assert!(before < size, "the kill came too late");
    worker = Worker::start(&variables).await;
    site.wait_for_jobs().await;
    // The key of a message has the registration, so that none has two.
    assert_eq!(notified().await, size);
    drop(worker);
    check(&site, &[ledger]).await;
}

/// A worker that was frozen between its claim and the execution of the job.
struct FrozenWorker {
    worker: Worker,
    network: Proxy,
}

impl FrozenWorker {
    /// Starts a worker, and freezes it once the only job is claimed with this epoch.
    async fn after_claim(site: &Site, variables: &Variables, epoch: i32) -> Self {
        let network = Proxy::to(site.postgres.port()).await;
        let through = site.postgres.url_through(network.port());
        let worker = Worker::start(&variables.clone().with("DATABASE_URL", through)).await;
        // The worker sees the response to its claim later than this test sees the claim.
        network.set_latency(Duration::from_millis(150));
        let is_claimed = async || {
            let job = site.world.confirmation_jobs().await.remove(0);
            (&*job.state, job.epoch) == ("running", epoch)
        };
        wait_until("the job is claimed", Duration::from_secs(60), is_claimed).await;
        worker.process.freeze();
        Self { worker, network }
    }

    fn thaw(&self) {
        self.network.set_latency(Duration::ZERO);
        self.worker.process.thaw();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_frozen_past_its_lease_is_fenced_off() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let ledger = backlog(&site, 1).await;
    let variables = site.variables().with("WORKER_CONCURRENCY", "1");
    let first = FrozenWorker::after_claim(&site, &variables, 1).await;
    sleep(LEASE + Duration::from_millis(rng.u64(500..2_000))).await;
    let second = FrozenWorker::after_claim(&site, &variables, 2).await;
    let before = site.world.confirmation_jobs().await;
    assert_eq!(before[0].lost_leases, 1, "the first worker has lost its lease");

    first.thaw();
    // It tries to complete the job, which is leased by the second worker.
    sleep(Duration::from_secs(4)).await;
    assert_eq!(site.world.confirmation_jobs().await, before, "the first worker changed the job");
    assert_eq!(site.world.mails().await, 0, "the first worker delivered mail without a lease");
    second.thaw();
    site.wait_for_jobs().await;
    let after = &site.world.confirmation_jobs().await[0];
    assert_eq!(
        (&*after.state, after.epoch),
        ("done", 2),
        "the second worker did not complete the job"
    );
    assert_eq!(check(&site, &[ledger]).await, 0);
}
