//! A cache over the idempotency records: in process, and in Redis where there is one.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use domain::{IdempotencyKey, Timestamp, UserId};
use quick_cache::{Weighter, sync::Cache};

use super::{RequestKey, request_key::StoredResponse};
use crate::infrastructure::redis::{Redis, millis};

/// How long a response is replayed from the cache. Its record is kept for an hour longer.
pub const RESPONSE_TTL: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a lock in Redis outlives a process that was killed; until then its retry is refused.
/// A batch takes much less. If a lock expires early, the second request waits for the row lock of
/// the first.
pub(crate) const LOCK_TTL: Duration = Duration::from_secs(2);
/// Bytes of the responses in process, at most.
const CAPACITY: u64 = 16 * 1024 * 1024;
/// Responses in process, estimated: a response takes about a kilobyte.
const ESTIMATED_ITEMS: usize = 10_000;
/// Bytes that a cached response takes besides its texts, estimated.
const OVERHEAD: usize = 256;

/// The first character of a value in Redis that is a response. Its fingerprint, a line break and
/// its body follow.
const RESPONSE: char = '=';
/// The first character of a value in Redis that is a lock. Its token follows.
const LOCK: char = '~';

/// Recent responses: of this process, and in Redis those of all processes, with the locks on keys
/// in flight. Losing an entry is harmless, because the database has the records.
#[derive(Debug)]
pub(crate) struct IdempotencyCache {
    local: Cache<(UserId, IdempotencyKey), (StoredResponse, Timestamp), Weight>,
    redis: Option<Arc<Redis>>,
}

/// Weighs responses by their bytes.
#[derive(Clone, Copy, Debug)]
struct Weight;

impl Weighter<(UserId, IdempotencyKey), (StoredResponse, Timestamp)> for Weight {
    fn weight(
        &self,
        (_, key): &(UserId, IdempotencyKey),
        (stored, _): &(StoredResponse, Timestamp),
    ) -> u64 {
        let bytes = key.as_str().len() + stored.fingerprint.len() + stored.body.len() + OVERHEAD;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// What Redis has under a key.
pub(super) enum Lookup {
    Hit(StoredResponse),
    /// Another process has locked the key.
    InFlight,
    /// Nothing. The key is locked now; `None` where Redis does not answer, or there is none.
    Miss(Option<RedisLock>),
}

/// A lock in Redis on the key of a request in flight.
#[derive(Debug)]
pub(super) struct RedisLock {
    redis: Arc<Redis>,
    name: String,
    value: String,
}

impl RedisLock {
    /// Deletes the lock in the background, unless it has expired and was replaced.
    pub(super) fn release(self) {
        tokio::spawn(async move { self.redis.delete_if(&[self.name], &self.value).await });
    }
}

impl IdempotencyCache {
    pub(crate) fn new(redis: Option<Arc<Redis>>) -> Self {
        Self { local: Cache::with_weighter(ESTIMATED_ITEMS, CAPACITY, Weight), redis }
    }

    /// The response that this process has under the key.
    pub(super) fn get(&self, now: Timestamp, key: &RequestKey) -> Option<StoredResponse> {
        let found = self.local.get(&(key.user, key.key.clone()));
        let fresh = found.filter(|(_, since)| now.utc() - since.utc() < response_ttl());
        fresh.map(|(stored, _)| stored)
    }

    /// Looks keys up in Redis and locks those that miss, each with the token beside it, in one
    /// round trip. Returns one result for each key, in the same order.
    pub(super) async fn look_up_or_lock(&self, keys: Vec<(&RequestKey, &str)>) -> Vec<Lookup> {
        let misses = || keys.iter().map(|_| Lookup::Miss(None)).collect();
        let Some(redis) = self.redis.as_ref().filter(|_| !keys.is_empty()) else {
            return misses();
        };
        let lock = |(key, token): &(&RequestKey, &str)| RedisLock {
            redis: Arc::clone(redis),
            name: name(redis, key),
            value: format!("{LOCK}{token}"),
        };
        let locks: Vec<_> = keys.iter().map(lock).collect();
        let mut commands = redis::pipe();
        for lock in &locks {
            let set = commands.cmd("SET").arg(&lock.name).arg(&lock.value);
            set.arg(&["NX", "GET", "PX"]).arg(millis(LOCK_TTL));
        }
        let Some(found) = redis.query_all::<Vec<Option<String>>>(&commands).await else {
            return misses();
        };
        let lookups = found.into_iter().zip(locks).map(|(found, lock)| match found {
            Some(found) => parse(&found),
            None => Lookup::Miss(Some(lock)),
        });
        lookups.collect()
    }

    /// Caches responses that were committed. Redis is written in the background, over the locks.
    pub(crate) fn insert(&self, now: Timestamp, responses: Vec<(RequestKey, StoredResponse)>) {
        if let Some(redis) = &self.redis
            && !responses.is_empty()
        {
            let mut commands = redis::pipe();
            for (key, StoredResponse { fingerprint, body }) in &responses {
                let value = format!("{RESPONSE}{fingerprint}\n{body}");
                let set = commands.cmd("SET").arg(name(redis, key)).arg(value);
                set.arg("PX").arg(millis(RESPONSE_TTL)).ignore();
            }
            let redis = Arc::clone(redis);
            // Ignore a failure: the database has the records.
            tokio::spawn(async move { redis.query_all::<()>(&commands).await });
        }
        for (key, stored) in responses {
            self.local.insert((key.user, key.key), (stored, now));
        }
    }
}

fn name(redis: &Redis, key: &RequestKey) -> String {
    redis.key(format_args!("answer:{}:{}", key.user, key.key))
}

fn parse(value: &str) -> Lookup {
    let Some(response) = value.strip_prefix(RESPONSE) else { return Lookup::InFlight };
    response.split_once('\n').map_or(Lookup::Miss(None), |(fingerprint, body)| {
        Lookup::Hit(StoredResponse { fingerprint: fingerprint.to_owned(), body: body.to_owned() })
    })
}

fn response_ttl() -> TimeDelta {
    TimeDelta::from_std(RESPONSE_TTL).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::testing::BEGINNING;

    #[test]
    fn the_responses_in_process_are_bounded_in_bytes() {
        let (cache, now) = (IdempotencyCache::new(None), BEGINNING.parse().unwrap());
        let body = "x".repeat(256 * 1024);
        for number in 0..200 {
            let user = UserId(Uuid::from_u128(number));
            let key = RequestKey::new(user, "k".parse().unwrap(), "a request");
            let stored = key.encode(&body).unwrap();
            cache.insert(now, vec![(key, stored)]);
        }
        let cached = cache.local.len();
        assert!(cached > 10, "{cached} are cached");
        assert!((cached * body.len()) as u64 <= CAPACITY, "{cached} are cached");
    }
}
