//! Gauges that are read when they are scraped.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use metrics::{Counter, Gauge, gauge};
use tokio::{sync::Mutex, time::timeout};

use crate::{
    Context, Error,
    infrastructure::db::PoolSize,
    jobs::{Depth, depths},
    metrics::{REDIS, described_counter},
    webhooks::{Backlog, backlog},
};

/// How long the counts of jobs and webhooks are reused.
const FRESH_FOR: Duration = Duration::from_secs(5);
/// They are reused for so many times as long as counting takes, so that it takes no more than a
/// twentieth of a connection.
const REST: u32 = 20;
/// How long counting may take.
const LIMIT: Duration = Duration::from_secs(3);

const JOBS: &str = "mini_compete_jobs";
const OLDEST: &str = "mini_compete_job_oldest_age_seconds";
const WEBHOOKS: &str = "mini_compete_webhooks";
const CONNECTIONS: &str = "mini_compete_database_connections";

/// The states of jobs, as labels.
const STATES: [&str; 4] = ["waiting", "delayed", "active", "dead"];

/// Gauges about the state of the queue and of the pools.
#[derive(Debug)]
pub struct Gauges {
    ctx: Context,
    kinds: HashMap<&'static str, Kind>,
    webhooks: Webhooks,
    counted: Mutex<Option<Counted>>,
    failures: Counter,
    idle: Gauge,
    used: Gauge,
    max: Gauge,
    queued: Gauge,
    redis: Option<Gauge>,
}

#[derive(Debug)]
struct Kind {
    /// In the order of [`STATES`].
    states: [Gauge; 4],
    oldest: Gauge,
}

/// Gauges about webhooks and their deliveries.
#[derive(Debug)]
struct Webhooks {
    enabled: Gauge,
    failing: Gauge,
    disabled: Gauge,
    pending: Gauge,
    oldest: Gauge,
    overdue: Gauge,
}

impl Webhooks {
    fn new() -> Self {
        metrics::describe_gauge!(WEBHOOKS, "Webhooks, by state.");
        let state = |state| gauge!(WEBHOOKS, "state" => state);
        Self {
            enabled: state("enabled"),
            failing: state("failing"),
            disabled: state("disabled"),
            pending: described_gauge(
                "mini_compete_webhook_deliveries_pending",
                "Deliveries that wait for an attempt.",
            ),
            oldest: described_gauge(
                "mini_compete_webhook_oldest_pending_age_seconds",
                "Age of the oldest event that waits for an attempt.",
            ),
            overdue: described_gauge(
                "mini_compete_webhook_oldest_due_age_seconds",
                "How long the oldest delivery has been due whose receiver does not rest.",
            ),
        }
    }

    fn set(&self, backlog: &Backlog) {
        self.enabled.set(count(backlog.enabled));
        self.failing.set(count(backlog.failing));
        self.disabled.set(count(backlog.disabled));
        self.pending.set(count(backlog.pending));
        self.oldest.set(backlog.oldest.as_secs_f64());
        self.overdue.set(backlog.overdue.as_secs_f64());
    }
}

/// The last time at which jobs and webhooks were counted.
#[derive(Debug)]
struct Counted {
    at: Instant,
    took: Duration,
}

impl Gauges {
    /// Gauges of this process.
    pub fn new(ctx: Context) -> Self {
        metrics::describe_gauge!(JOBS, "Jobs, by type and state.");
        metrics::describe_gauge!(OLDEST, "Age of the oldest job that is due, by type.");
        metrics::describe_gauge!(CONNECTIONS, "Connections to the database, by state.");
        let kind = |name| {
            let state = |state| gauge!(JOBS, "type" => name, "state" => state);
            (name, Kind { states: STATES.map(state), oldest: gauge!(OLDEST, "type" => name) })
        };
        let kinds = ctx.jobs.kinds().map(kind).collect();
        let redis = ctx.redis().map(|_| {
            std::sync::LazyLock::force(&REDIS);
            described_gauge("mini_compete_redis_up", "Whether Redis answers.")
        });
        Self {
            kinds,
            webhooks: Webhooks::new(),
            counted: Mutex::default(),
            failures: described_counter(
                "mini_compete_job_count_failures_total",
                "Scrapes whose counts of jobs and webhooks are old, because counting failed.",
            ),
            idle: gauge!(CONNECTIONS, "state" => "idle"),
            used: gauge!(CONNECTIONS, "state" => "used"),
            max: described_gauge(
                "mini_compete_database_connections_max",
                "Most connections to the database.",
            ),
            queued: described_gauge(
                "mini_compete_admission_queued_requests",
                "Requests that wait for a batch of admission.",
            ),
            redis,
            ctx,
        }
    }

    /// Reads all of them. Takes no longer than a few seconds, also without a database.
    pub async fn sample(&self) {
        let PoolSize { idle, used } = self.ctx.db.pool_size();
        self.idle.set(f64::from(idle));
        self.used.set(f64::from(used));
        self.max.set(f64::from(self.ctx.db.max_connections()));
        self.queued.set(count(self.ctx.admission.queued()));
        let redis = async {
            if let (Some(redis), Some(gauge)) = (self.ctx.redis(), &self.redis) {
                gauge.set(if redis.answers().await { 1.0 } else { 0.0 });
            }
        };
        tokio::join!(redis, self.count_rows());
    }

    /// Concurrent scrapes share one count.
    async fn count_rows(&self) {
        let mut counted = self.counted.lock().await;
        let is_fresh = |last: &Counted| last.at.elapsed() < FRESH_FOR.max(last.took * REST);
        if counted.as_ref().is_some_and(is_fresh) {
            return;
        }
        let began = Instant::now();
        let counts =
            async { Ok::<_, Error>((depths(&self.ctx).await?, backlog(&self.ctx).await?)) };
        match timeout(LIMIT, counts).await {
            Ok(Ok((depths, backlog))) => {
                self.set(&depths);
                self.webhooks.set(&backlog);
            }
            _ => self.failures.increment(1),
        }
        *counted = Some(Counted { at: Instant::now(), took: began.elapsed() });
    }

    fn set(&self, depths: &HashMap<String, Depth>) {
        for (name, kind) in &self.kinds {
            let depth = depths.get(*name).copied().unwrap_or_default();
            let counts = [depth.waiting, depth.delayed, depth.active, depth.dead];
            for (gauge, jobs) in kind.states.iter().zip(counts) {
                gauge.set(count(jobs));
            }
            kind.oldest.set(depth.oldest.as_secs_f64());
        }
    }
}

fn described_gauge(name: &'static str, help: &'static str) -> Gauge {
    metrics::describe_gauge!(name, help);
    gauge!(name)
}

/// A count as the value of a gauge.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn count(count: u64) -> f64 {
    count as f64
}
