//! The lists in Redis. They carry tickets of jobs to workers of their class, most urgent first;
//! what a job is and what becomes of it is in the database alone.
//!
//! | Key | |
//! |---|---|
//! | `jobs:ready:<list>` | lists of what waits for a worker |
//! | `jobs:processing:<worker>` | lists of what a worker has taken and not claimed yet |
//! | `jobs:enqueued` | set of what is in one of these lists: pushing twice is harmless |
//! | `jobs:delayed` | what waits for its time, by that time |
//! | `jobs:workers` | workers, by when they count as gone |
//! | `jobs:alive` | there while Redis has kept its memory |
//!
//! What touches several of them is a script, so that it happens as a whole. (The one that puts back what others had
//! taken finds the names of their lists as it goes: this wants one Redis, not a cluster.) Redis may lose all of this at
//! any moment, and any answer may be missing (`None`): the relay and the sweeper make up for it.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use domain::Timestamp;
use redis::{Script, aio::MultiplexedConnection};
use tokio::time;

use super::{Class, Ticket, class::lists};
use crate::{
    Context,
    redis::{Redis, query_on},
};

/// A worker that took nothing for so long is gone. What it takes it claims in the database at once, so that no work
/// lies between.
const WORKER_LIFE: Duration = Duration::from_secs(30);
/// How long a worker waits for the most urgent jobs before it looks for others.
const PATIENCE: Duration = Duration::from_secs(1);
/// An answer that is later than this after the wait does not come.
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
pub(super) struct Queue(Arc<Redis>);

impl Queue {
    /// `None` without Redis.
    pub(super) fn of(ctx: &Context) -> Option<Self> {
        ctx.redis().cloned().map(Self)
    }

    /// Puts jobs into their lists; those that are in one stay where they are, and those that this
    /// program does not know are left to one that does.
    pub(super) async fn push(&self, tickets: &[Ticket]) -> Option<()> {
        let known: Vec<_> =
            tickets.iter().filter(|ticket| ticket.list.is_some()).copied().collect();
        if known.is_empty() {
            return Some(());
        }
        self.0.run(PUSH.key(self.enqueued()).arg(self.ready("")).arg(texts(&known))).await
    }

    /// How many jobs of a class wait for a worker.
    pub(super) async fn ready_jobs(&self, class: Class) -> Option<usize> {
        let mut lengths = redis::pipe();
        for list in lists(&[class]) {
            lengths.cmd("LLEN").arg(self.ready(list));
        }
        let lengths: Vec<usize> = self.0.query_all(&lengths).await?;
        Some(lengths.iter().sum())
    }

    /// Lets a job wait for its time.
    pub(super) async fn push_later(&self, ticket: Ticket, at: Timestamp) -> Option<()> {
        let mut add = redis::cmd("ZADD");
        self.0.query(add.arg(self.delayed()).arg(millis(at)).arg(ticket.to_string())).await
    }

    /// Takes jobs of a class for a worker until it has `limit` of them, and answers with all that
    /// it has.
    pub(super) async fn take(
        &self,
        worker: &str,
        class: Class,
        now: Timestamp,
        limit: usize,
    ) -> Option<Vec<Ticket>> {
        let mut take = TAKE.key(self.enqueued());
        take.key(self.delayed()).key(self.workers()).key(self.processing(worker));
        for list in lists(&[class]) {
            take.key(self.ready(list));
        }
        take.arg(self.ready("")).arg(worker).arg(WORKER_LIFE.as_secs() * 1_000);
        take.arg(millis(now)).arg(limit);
        let texts: Vec<String> = self.0.run(&take).await?;
        Some(texts.iter().filter_map(|text| Ticket::parse(text)).collect())
    }

    /// Waits for one of the most urgent jobs of a class, which is then among what the worker has;
    /// but for a second at most.
    pub(super) async fn wait(
        &self,
        connection: &mut MultiplexedConnection,
        worker: &str,
        class: Class,
    ) -> Option<()> {
        let first = lists(&[class]).first().copied()?;
        let mut blmove = redis::cmd("BLMOVE");
        blmove.arg(self.ready(first)).arg(self.processing(worker)).arg("RIGHT").arg("LEFT");
        blmove.arg(PATIENCE.as_secs());
        let moved = query_on::<Option<String>>(connection, &blmove);
        time::timeout(PATIENCE + SLACK, moved).await.ok()?.ok().map(drop)
    }

    /// Forgets jobs that a worker took, in the order in which it was given them.
    pub(super) async fn settle(&self, worker: &str, tickets: &[Ticket]) -> Option<()> {
        if tickets.is_empty() {
            return Some(());
        }
        let mut settle = SETTLE.key(self.enqueued());
        self.0.run(settle.key(self.processing(worker)).arg(texts(tickets))).await
    }

    /// Puts back what workers had taken who are gone; answers with how many jobs that were.
    pub(super) async fn reap(&self) -> Option<usize> {
        let mut reap = REAP.key(self.workers());
        self.0.run(reap.arg(self.ready("")).arg(self.processing(""))).await
    }

    /// Notes that a worker goes, and puts back what it had taken.
    pub(super) async fn retire(&self, worker: &str) -> Option<()> {
        let mut gone = redis::cmd("ZADD");
        self.0.query::<()>(gone.arg(self.workers()).arg(0).arg(worker)).await?;
        self.reap().await.map(drop)
    }

    /// Lets jobs be pushed again, wherever Redis believes them to be.
    pub(super) async fn forget(&self, tickets: &[Ticket]) -> Option<()> {
        self.0.query(redis::cmd("SREM").arg(self.enqueued()).arg(texts(tickets))).await
    }

    /// Whether Redis has lost its memory since it was last asked, by whomever.
    pub(super) async fn was_emptied(&self) -> Option<bool> {
        let mut alive = redis::cmd("SET");
        alive.arg(self.0.key("jobs:alive")).arg(1).arg("NX");
        Some(self.0.query::<Option<String>>(&alive).await?.is_some())
    }

    /// A connection to wait on.
    pub(super) async fn dedicated(&self) -> Option<MultiplexedConnection> {
        self.0.dedicated().await
    }

    fn ready(&self, list: &str) -> String {
        self.0.key(format_args!("jobs:ready:{list}"))
    }

    fn processing(&self, worker: &str) -> String {
        self.0.key(format_args!("jobs:processing:{worker}"))
    }

    fn enqueued(&self) -> String {
        self.0.key("jobs:enqueued")
    }

    fn delayed(&self) -> String {
        self.0.key("jobs:delayed")
    }

    fn workers(&self) -> String {
        self.0.key("jobs:workers")
    }
}

fn texts(tickets: &[Ticket]) -> Vec<String> {
    tickets.iter().map(Ticket::to_string).collect()
}

fn millis(time: Timestamp) -> i64 {
    time.utc().timestamp_millis()
}
