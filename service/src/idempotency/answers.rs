//! The answers given lately: a cache over the log, in process or in Redis.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use domain::{IdempotencyKey, Timestamp, UserId};
use quick_cache::sync::Cache;

use super::{Scope, scope::Kept};
use crate::redis::{Redis, millis};

/// How long an answer is replayed from here; the log has it an hour longer.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a claim outlives a process that was killed while it worked on the key: for so long its retry is told to
/// come back later. Much longer than a batch takes; if it runs out early, the second request waits in the database
/// for the first.
const CLAIM: Duration = Duration::from_secs(2);
/// Answers kept in process, about a kilobyte each.
const CAPACITY: usize = 10_000;

/// In Redis a value begins with what it is; an answer goes on with its fingerprint, a line break and its body.
const ANSWER: char = '=';
const CLAIMED: char = '~';

/// The answers given lately: those of this process, and behind them those of all, with the keys they are working on.
#[derive(Debug)]
pub(crate) struct Answers {
    here: Cache<(UserId, IdempotencyKey), (Kept, Timestamp)>,
    elsewhere: Option<Arc<Redis>>,
}

/// What is known of a key.
pub(super) enum Found {
    Answer(Kept),
    /// Another process is working on it.
    InFlight,
    /// Nothing; and what others see now, if they see anything.
    Nothing(Option<SharedClaim>),
}

/// A claim in Redis.
#[derive(Debug)]
pub(super) struct SharedClaim {
    redis: Arc<Redis>,
    name: String,
    value: String,
}

impl SharedClaim {
    /// Deletes it, unless it has run out and another stands in its place. Nobody need wait for that.
    pub(super) fn release(self) {
        tokio::spawn(async move { self.redis.delete_if(&self.name, &self.value).await });
    }
}

impl Answers {
    pub(crate) fn new(redis: Option<Arc<Redis>>) -> Self {
        Self { here: Cache::new(CAPACITY), elsewhere: redis }
    }

    /// What is known of the key of `scope`; if that is nothing, the key is claimed with `token`.
    pub(super) async fn look_up(&self, now: Timestamp, scope: &Scope, token: &str) -> Found {
        let found = self.here.get(&(scope.user, scope.key.clone()));
        if let Some((kept, _)) = found.filter(|(_, since)| now.utc() - since.utc() < life()) {
            return Found::Answer(kept);
        }
        let Some(redis) = &self.elsewhere else { return Found::Nothing(None) };
        let (name, value) = (name(redis, scope), format!("{CLAIMED}{token}"));
        let mut claim = redis::cmd("SET");
        claim.arg(&name).arg(&value).arg(&["NX", "GET", "PX"]).arg(millis(CLAIM));
        match redis.query::<Option<String>>(&claim).await {
            Some(Some(found)) => read(&found),
            Some(None) => {
                Found::Nothing(Some(SharedClaim { redis: Arc::clone(redis), name, value }))
            }
            // A Redis that does not answer knows nothing.
            None => Found::Nothing(None),
        }
    }

    /// Keeps answers that were committed. Nobody waits until other processes know of them.
    pub(crate) fn fill(&self, now: Timestamp, answers: Vec<(Scope, Kept)>) {
        if let Some(redis) = &self.elsewhere
            && !answers.is_empty()
        {
            let mut commands = redis::pipe();
            for (scope, Kept { fingerprint, body }) in &answers {
                let value = format!("{ANSWER}{fingerprint}\n{body}");
                let set = commands.cmd("SET").arg(name(redis, scope)).arg(value);
                set.arg("PX").arg(millis(LIFE)).ignore();
            }
            let redis = Arc::clone(redis);
            // What is not kept there is in the log.
            tokio::spawn(async move { redis.query_all::<()>(&commands).await });
        }
        for (scope, kept) in answers {
            self.here.insert((scope.user, scope.key), (kept, now));
        }
    }
}

fn name(redis: &Redis, scope: &Scope) -> String {
    redis.key(format_args!("answer:{}:{}", scope.user, scope.key))
}

fn read(value: &str) -> Found {
    let Some(answer) = value.strip_prefix(ANSWER) else { return Found::InFlight };
    answer.split_once('\n').map_or(Found::Nothing(None), |(fingerprint, body)| {
        Found::Answer(Kept { fingerprint: fingerprint.to_owned(), body: body.to_owned() })
    })
}

fn life() -> TimeDelta {
    TimeDelta::from_std(LIFE).unwrap_or(TimeDelta::MAX)
}
