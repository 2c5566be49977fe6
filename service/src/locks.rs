//! A lock for each competition, over all processes that share a Redis.
//!
//! It saves transactions that would meet in the database and be tried again. It decides nothing: who cannot get it
//! goes on without it. (A lock with a time limit cannot decide: Martin Kleppmann, "How to do distributed locking".)

use std::{sync::Arc, time::Duration};

use domain::CompetitionId;
use redis::Script;
use tokio::{task::AbortHandle, time};

use crate::{ids::new_token, redis::Redis};

/// How long the lock outlives a process that was killed.
const LIFE: Duration = Duration::from_secs(5);
/// Renewed three times in its life.
const RENEWAL: Duration = Duration::from_millis(1_500);
/// After this wait the batch goes on without the lock.
const PATIENCE: Duration = Duration::from_millis(500);
/// Milliseconds between two tries; the jitter keeps two that wait from meeting again.
const PAUSE_MS: std::ops::RangeInclusive<u64> = 5..=25;

/// Extends the life of a lock that is still ours.
const RENEW: &str =
    "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2]) or 0";
/// Deletes a lock that is still ours: another may hold it if ours has outlived its life.
const RELEASE: &str =
    "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0";

/// The locks. Without Redis there are none to take: within a process the combiner lets one batch of a competition
/// at a time into the database.
#[derive(Clone, Debug)]
pub(crate) struct Locks(Option<Arc<Redis>>);

/// A lock that is held, and renewed until it is dropped; dropping it releases it.
#[derive(Debug)]
pub(crate) struct Lock {
    redis: Arc<Redis>,
    key: String,
    token: String,
    renewal: AbortHandle,
}

impl Locks {
    pub(crate) fn new(redis: Option<Arc<Redis>>) -> Self {
        Self(redis)
    }

    /// The lock of a competition; `None` after half a second, or when there is no Redis.
    pub(crate) async fn acquire(&self, competition: CompetitionId) -> Option<Lock> {
        let redis = self.0.as_ref()?;
        let key = redis.key(format_args!("lock:competition:{competition}"));
        let token = new_token();
        let mut set = redis::cmd("SET");
        set.arg(&key).arg(&token).arg("NX").arg("PX").arg(millis(LIFE));
        let deadline = time::Instant::now() + PATIENCE;
        while redis.query::<Option<String>>(&set).await?.is_none() {
            if time::Instant::now() >= deadline {
                tracing::debug!(competition.id = %competition, "going on without the lock");
                return None;
            }
            time::sleep(Duration::from_millis(fastrand::u64(PAUSE_MS))).await;
        }
        let renewal = tokio::spawn(renew(Arc::clone(redis), key.clone(), token.clone()));
        Some(Lock { redis: Arc::clone(redis), key, token, renewal: renewal.abort_handle() })
    }
}

async fn renew(redis: Arc<Redis>, key: String, token: String) {
    let script = Script::new(RENEW);
    loop {
        time::sleep(RENEWAL).await;
        // What cannot be renewed runs out, and the database decides as ever.
        redis.run::<i64>(script.key(&key).arg(&token).arg(millis(LIFE))).await;
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.renewal.abort();
        let redis = Arc::clone(&self.redis);
        let (key, token) = (std::mem::take(&mut self.key), std::mem::take(&mut self.token));
        // A drop cannot wait; and nobody need wait for a lock to be free.
        tokio::spawn(async move {
            redis.run::<i64>(Script::new(RELEASE).key(key).arg(token)).await;
        });
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
