//! An advisory lock in Redis for each competition.
//!
//! It prevents transactions of different processes from conflicting in the database, which would
//! retry them. Nothing depends on it: a batch that cannot get it continues without. (A lock that
//! expires cannot be relied on: Martin Kleppmann, "How to do distributed locking".)

use std::{sync::Arc, time::Duration};

use domain::CompetitionId;
use futures::FutureExt;
use redis::Script;
use tokio::{task::AbortHandle, time};

use crate::infrastructure::{
    ids::new_token,
    redis::{Redis, millis},
};

/// How long a lock outlives a process that was killed.
const TTL: Duration = Duration::from_secs(5);
/// A held lock is renewed three times in its time to live.
const RENEW_EVERY: Duration = Duration::from_millis(1_500);
/// How long a batch waits before it continues without the lock.
const MAX_WAIT: Duration = Duration::from_millis(500);
/// Milliseconds between two tries, with jitter, so that two waiters do not stay in step.
const RETRY_MS: std::ops::RangeInclusive<u64> = 5..=25;

/// Extends a lock if it has our token.
const RENEW: &str =
    "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2]) or 0";

/// The locks of this process; `None` without Redis, where the combiner alone runs one batch of a
/// competition at a time.
#[derive(Clone, Debug)]
pub(crate) struct CompetitionLocks(Option<Arc<Redis>>);

/// A held lock, which is renewed in the background. Dropping it releases it.
#[derive(Debug)]
pub(crate) struct CompetitionLock {
    redis: Arc<Redis>,
    key: String,
    token: String,
    renewal: AbortHandle,
}

impl CompetitionLocks {
    pub(crate) fn new(redis: Option<Arc<Redis>>) -> Self {
        Self(redis)
    }

    /// Locks a competition; `None` when the wait takes too long, or there is no Redis.
    pub(crate) async fn acquire(&self, competition: CompetitionId) -> Option<CompetitionLock> {
        let redis = self.0.as_ref()?;
        let key = redis.key(format_args!("lock:competition:{competition}"));
        let token = new_token();
        let mut set = redis::cmd("SET");
        set.arg(&key).arg(&token).arg("NX").arg("PX").arg(millis(TTL));
        let deadline = time::Instant::now() + MAX_WAIT;
        while redis.query::<Option<String>>(&set).await?.is_none() {
            if time::Instant::now() >= deadline {
                tracing::debug!(
                    competition.id = %competition,
                    "continuing without the lock in Redis"
                );
                return None;
            }
            time::sleep(Duration::from_millis(fastrand::u64(RETRY_MS))).await;
        }
        let renewal = tokio::spawn(renew(Arc::clone(redis), key.clone(), token.clone()));
        Some(CompetitionLock {
            redis: Arc::clone(redis),
            key,
            token,
            renewal: renewal.abort_handle(),
        })
    }
}

async fn renew(redis: Arc<Redis>, key: String, token: String) {
    let script = Script::new(RENEW);
    loop {
        time::sleep(RENEW_EVERY).await;
        // Ignore a failure: the lock expires, and nothing depends on it.
        redis.run::<i64>(script.key(&key).arg(&token).arg(millis(TTL))).await;
    }
}

impl Drop for CompetitionLock {
    fn drop(&mut self) {
        self.renewal.abort();
        let redis = Arc::clone(&self.redis);
        let (key, token) = (std::mem::take(&mut self.key), std::mem::take(&mut self.token));
        let mut release = Box::pin(async move { redis.delete_if(&key, &token).await });
        // The first poll sends the command, before the next batch of this process asks for the lock
        // over the same connection. The reply is awaited in the background.
        if release.as_mut().now_or_never().is_none() {
            tokio::spawn(release);
        }
    }
}

#[cfg(test)]
mod tests {
    mod with_redis {
        use std::time::Duration;

        use domain::CompetitionId;

        use super::super::*;
        use crate::testing::World;

        const ID: CompetitionId = CompetitionId(uuid::Uuid::nil());

        fn key(world: &World) -> String {
            world.ctx.redis().unwrap().key(format_args!("lock:competition:{ID}"))
        }

        async fn ask<T: redis::FromRedisValue>(world: &World, command: &[&str]) -> T {
            let redis = world.ctx.redis().unwrap();
            redis.query(redis::cmd(command[0]).arg(&command[1..])).await.unwrap()
        }

        /// Waits for the release, which happens in the background.
        async fn until_released(world: &World) {
            while ask::<bool>(world, &["EXISTS", &key(world)]).await {
                time::sleep(Duration::from_millis(5)).await;
            }
        }

        #[tokio::test]
        async fn a_lock_is_held_by_one_process_and_waited_for_briefly() {
            let world = World::new().await;
            let other = world.second_process().await;
            let held = world.ctx.locks.acquire(ID).await.unwrap();
            assert!(other.locks.acquire(ID).await.is_none(), "two processes hold the lock");
            drop(held);
            until_released(&world).await;
            assert!(other.locks.acquire(ID).await.is_some());
        }

        #[tokio::test]
        async fn a_lock_is_renewed_while_it_is_held() {
            let world = World::new().await;
            let _held = world.ctx.locks.acquire(ID).await.unwrap();
            ask::<bool>(&world, &["PEXPIRE", &key(&world), "2000"]).await;
            // Renewed after 1.5 s, it has its full time to live again.
            time::sleep(RENEW_EVERY + Duration::from_millis(300)).await;
            assert!(ask::<i64>(&world, &["PTTL", &key(&world)]).await > 2_000);
        }

        #[tokio::test]
        async fn an_expired_lock_is_not_released_from_its_next_holder() {
            let world = World::new().await;
            let expired = world.ctx.locks.acquire(ID).await.unwrap();
            ask::<String>(&world, &["SET", &key(&world), "another token"]).await;
            drop(expired);
            time::sleep(Duration::from_millis(100)).await;
            let holder: String = ask(&world, &["GET", &key(&world)]).await;
            assert_eq!(holder, "another token");
        }
    }
}
