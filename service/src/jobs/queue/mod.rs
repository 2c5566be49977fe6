//! The lists in Redis. They carry tickets of jobs to workers of their class, the most urgent first;
//! the jobs themselves are in the database.
//!
//! | Key | |
//! |---|---|
//! | `jobs:ready:<list>` | lists of tickets that wait for a worker |
//! | `jobs:processing:<worker>` | lists of tickets that a worker has taken and not claimed yet |
//! | `jobs:enqueued` | set of the tickets in these lists: pushing twice is harmless |
//! | `jobs:delayed` | sorted set of tickets by the time at which they become due |
//! | `jobs:workers` | sorted set of workers by the time at which they count as gone |
//! | `jobs:alive` | exists until Redis loses its data |
//!
//! A change of several keys is a script, and so atomic. (`reap` finds the names of the processing
//! lists as it goes: this needs one Redis, not a cluster.) Redis may lose all of this at any
//! moment, and any response may be missing (`None`): the relay and the sweeper make up for it.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use domain::Timestamp;
use redis::{Script, aio::MultiplexedConnection};
use tokio::time;

use super::{Class, Ticket, registry::Registry};
use crate::{
    Context,
    infrastructure::redis::{Redis, query_on},
};

/// A worker that has not taken tickets for this long counts as gone. (It claims tickets in the
/// database right after it has taken them, with no work in between.)
const WORKER_LIFE: Duration = Duration::from_secs(30);
/// How long a worker waits for a job before it looks for those that are due by now.
const MAX_WAIT: Duration = Duration::from_secs(1);
/// Grace beyond the timeout of BLPOP before the connection counts as dead.
const SLACK: Duration = Duration::from_millis(500);

static PUSH: LazyLock<Script> = LazyLock::new(|| script(include_str!("push.lua")));
static TAKE: LazyLock<Script> = LazyLock::new(|| script(include_str!("take.lua")));
static SETTLE: LazyLock<Script> = LazyLock::new(|| script(include_str!("settle.lua")));
static REAP: LazyLock<Script> = LazyLock::new(|| script(include_str!("reap.lua")));

fn script(own: &str) -> Script {
    Script::new(&[include_str!("lists.lua"), own].concat())
}

/// The lists in Redis.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    redis: Arc<Redis>,
    jobs: &'static Registry,
}

impl Queue {
    /// `None` without Redis.
    pub(super) fn of(ctx: &Context) -> Option<Self> {
        ctx.redis().cloned().map(|redis| Self { redis, jobs: ctx.jobs })
    }

    /// Puts jobs into their lists. A job that is in one stays where it is; a job that this program
    /// does not know is skipped.
    pub(super) async fn push(&self, tickets: &[Ticket]) -> Option<()> {
        let known: Vec<_> =
            tickets.iter().filter(|ticket| ticket.list.is_some()).copied().collect();
        if known.is_empty() {
            return Some(());
        }
        self.redis.run(PUSH.key(self.enqueued()).arg(self.ready("")).arg(texts(&known))).await
    }

    /// How many jobs of a class are in its lists.
    pub(super) async fn waiting_jobs(&self, class: Class) -> Option<usize> {
        let mut lengths = redis::pipe();
        for list in self.jobs.lists(class) {
            lengths.cmd("LLEN").arg(self.ready(list));
        }
        let lengths: Vec<usize> = self.redis.query_all(&lengths).await?;
        Some(lengths.iter().sum())
    }

    /// Delays a job until it is due.
    pub(super) async fn push_later(&self, ticket: Ticket, at: Timestamp) -> Option<()> {
        let mut add = redis::cmd("ZADD");
        self.redis.query(add.arg(self.delayed()).arg(millis(at)).arg(ticket.to_string())).await
    }

    /// Takes jobs of a class for a worker until it has `limit` of them. Returns all jobs in its
    /// processing list, also those of an earlier call.
    pub(super) async fn take(
        &self,
        worker: &str,
        class: Class,
        now: Timestamp,
        limit: usize,
    ) -> Option<Vec<Ticket>> {
        let mut take = TAKE.key(self.enqueued());
        take.key(self.delayed()).key(self.workers()).key(self.processing(worker));
        for list in self.jobs.lists(class) {
            take.key(self.ready(list));
        }
        take.arg(self.ready("")).arg(worker).arg(WORKER_LIFE.as_secs() * 1_000);
        take.arg(millis(now)).arg(limit);
        let texts: Vec<String> = self.redis.run(&take).await?;
        Some(texts.iter().filter_map(|text| Ticket::parse(self.jobs, text)).collect())
    }

    /// Waits until a job of a class is put into a list, for at most a second.
    pub(super) async fn wait(
        &self,
        connection: &mut MultiplexedConnection,
        class: Class,
    ) -> Option<()> {
        let mut blpop = redis::cmd("BLPOP");
        for list in self.jobs.lists(class) {
            blpop.arg(self.bell(list));
        }
        blpop.arg(MAX_WAIT.as_secs());
        let rung = query_on::<Option<(String, String)>>(connection, &blpop);
        time::timeout(MAX_WAIT + SLACK, rung).await.ok()?.ok().map(drop)
    }

    /// Removes jobs that a worker took, in the order in which `take` returned them.
    pub(super) async fn settle(&self, worker: &str, tickets: &[Ticket]) -> Option<()> {
        if tickets.is_empty() {
            return Some(());
        }
        let mut settle = SETTLE.key(self.enqueued());
        self.redis.run(settle.key(self.processing(worker)).arg(texts(tickets))).await
    }

    /// Puts back the tickets of workers that are gone; returns how many.
    pub(super) async fn reap(&self) -> Option<usize> {
        let mut reap = REAP.key(self.workers());
        self.redis.run(reap.arg(self.ready("")).arg(self.processing(""))).await
    }

    /// Removes a worker, and puts back the jobs that it had taken.
    pub(super) async fn retire(&self, worker: &str) -> Option<()> {
        let mut gone = redis::cmd("ZADD");
        self.redis.query::<()>(gone.arg(self.workers()).arg(0).arg(worker)).await?;
        self.reap().await.map(drop)
    }

    /// Allows jobs to be pushed again, even if they are in a list.
    pub(super) async fn forget(&self, tickets: &[Ticket]) -> Option<()> {
        self.redis.query(redis::cmd("SREM").arg(self.enqueued()).arg(texts(tickets))).await
    }

    /// Whether Redis has lost its data since [`mark_filled`](Self::mark_filled).
    pub(super) async fn was_emptied(&self) -> Option<bool> {
        let mut exists = redis::cmd("EXISTS");
        exists.arg(self.alive());
        Some(!self.redis.query::<bool>(&exists).await?)
    }

    /// Notes that the jobs which Redis has lost will be pushed again.
    pub(super) async fn mark_filled(&self) -> Option<()> {
        let mut set = redis::cmd("SET");
        set.arg(self.alive()).arg(1);
        self.redis.query(&set).await
    }

    /// A connection to block on.
    pub(super) async fn dedicated(&self) -> Option<MultiplexedConnection> {
        self.redis.dedicated().await
    }

    /// As `bell` in `lists.lua` has it.
    fn bell(&self, list: &str) -> String {
        self.redis.key(format_args!("jobs:bell:{list}"))
    }

    fn ready(&self, list: &str) -> String {
        self.redis.key(format_args!("jobs:ready:{list}"))
    }

    fn processing(&self, worker: &str) -> String {
        self.redis.key(format_args!("jobs:processing:{worker}"))
    }

    fn enqueued(&self) -> String {
        self.redis.key("jobs:enqueued")
    }

    fn delayed(&self) -> String {
        self.redis.key("jobs:delayed")
    }

    fn alive(&self) -> String {
        self.redis.key("jobs:alive")
    }

    fn workers(&self) -> String {
        self.redis.key("jobs:workers")
    }
}

fn texts(tickets: &[Ticket]) -> Vec<String> {
    tickets.iter().map(Ticket::to_string).collect()
}

fn millis(time: Timestamp) -> i64 {
    time.utc().timestamp_millis()
}
