//! The answers given lately: a cache over the log, in process or in Redis.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use domain::{IdempotencyKey, Timestamp, UserId};
use quick_cache::{Weighter, sync::Cache};

use super::{Scope, scope::Kept};
use crate::redis::{Redis, millis};

/// How long an answer is replayed from here; the log has it an hour longer.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a claim outlives a process that was killed while it worked on the key: for so long its retry is told to
/// come back later. Much longer than a batch takes; if it runs out early, the second request waits in the database
/// for the first.
const CLAIM: Duration = Duration::from_secs(2);
/// How large the answers kept in process may be together, in bytes.
const CAPACITY: u64 = 16 * 1024 * 1024;
/// How many of them there are usually, of about a kilobyte each.
const USUAL_COUNT: usize = 10_000;
/// What an answer takes besides its texts, about.
const OVERHEAD: usize = 256;

/// In Redis a value begins with what it is; an answer goes on with its fingerprint, a line break and its body.
const ANSWER: char = '=';
const CLAIMED: char = '~';

/// The answers given lately: those of this process, and behind them those of all, with the keys they are working on.
#[derive(Debug)]
pub(crate) struct Answers {
    here: Cache<(UserId, IdempotencyKey), (Kept, Timestamp), Weight>,
    elsewhere: Option<Arc<Redis>>,
}

/// Weighs answers by their bytes.
#[derive(Clone, Copy, Debug)]
struct Weight;

impl Weighter<(UserId, IdempotencyKey), (Kept, Timestamp)> for Weight {
    fn weight(&self, (_, key): &(UserId, IdempotencyKey), (kept, _): &(Kept, Timestamp)) -> u64 {
        let bytes = key.as_str().len() + kept.fingerprint.len() + kept.body.len() + OVERHEAD;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
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
        Self { here: Cache::with_weighter(USUAL_COUNT, CAPACITY, Weight), elsewhere: redis }
    }

    /// What this process has answered to the key of `scope`.
    pub(super) fn look_up(&self, now: Timestamp, scope: &Scope) -> Option<Kept> {
        let found = self.here.get(&(scope.user, scope.key.clone()));
        let fresh = found.filter(|(_, since)| now.utc() - since.utc() < life());
        fresh.map(|(kept, _)| kept)
    }

    /// What all processes know of some keys; a key of which they know nothing is claimed with the token beside it.
    pub(super) async fn look_up_elsewhere(&self, keys: Vec<(&Scope, &str)>) -> Vec<Found> {
        let nothing = || keys.iter().map(|_| Found::Nothing(None)).collect();
        let Some(redis) = self.elsewhere.as_ref().filter(|_| !keys.is_empty()) else {
            return nothing();
        };
        let claim = |(scope, token): &(&Scope, &str)| SharedClaim {
            redis: Arc::clone(redis),
            name: name(redis, scope),
            value: format!("{CLAIMED}{token}"),
        };
        let claims: Vec<_> = keys.iter().map(claim).collect();
        let mut commands = redis::pipe();
        for claim in &claims {
            let set = commands.cmd("SET").arg(&claim.name).arg(&claim.value);
            set.arg(&["NX", "GET", "PX"]).arg(millis(CLAIM));
        }
        // A Redis that does not answer knows nothing.
        let Some(found) = redis.query_all::<Vec<Option<String>>>(&commands).await else {
            return nothing();
        };
        let known = found.into_iter().zip(claims).map(|(found, claim)| match found {
            Some(found) => read(&found),
            None => Found::Nothing(Some(claim)),
        });
        known.collect()
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::testing::BEGINNING;

    #[test]
    fn the_answers_kept_in_process_are_bounded_in_bytes() {
        let (answers, now) = (Answers::new(None), BEGINNING.parse().unwrap());
        let body = "x".repeat(256 * 1024);
        for number in 0..200 {
            let user = UserId(Uuid::from_u128(number));
            let scope = Scope::new(user, "k".parse().unwrap(), "a request");
            let kept = scope.keep(&body).unwrap();
            answers.fill(now, vec![(scope, kept)]);
        }
        let kept = answers.here.len();
        assert!(kept > 10, "some are kept");
        assert!((kept * body.len()) as u64 <= CAPACITY, "{kept} are kept");
    }
}
