//! A lock for each competition, over all processes that share a Redis.
//!
//! It saves transactions that would meet in the database and be tried again. It decides nothing: who cannot get it
//! goes on without it. (A lock with a time limit cannot decide: Martin Kleppmann, "How to do distributed locking".)

use std::{sync::Arc, time::Duration};

use domain::CompetitionId;
use futures::FutureExt;
use redis::Script;
use tokio::{task::AbortHandle, time};

use crate::{
    ids::new_token,
    redis::{Redis, millis},
};

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

/// The locks. Without Redis there are none to take: within a process the combiner lets one batch of a competition
/// at a time into the database.
#[derive(Clone, Debug)]
pub(crate) struct Locks(Option<Arc<Redis>>);

/// A lock that is held, and renewed until it is dropped; dropping it releases it.
#[derive(Debug)]
pub(crate) struct CompetitionLock {
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
    pub(crate) async fn acquire(&self, competition: CompetitionId) -> Option<CompetitionLock> {
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
        time::sleep(RENEWAL).await;
        // What cannot be renewed runs out, and the database decides as ever.
        redis.run::<i64>(script.key(&key).arg(&token).arg(millis(LIFE))).await;
    }
}

impl Drop for CompetitionLock {
    fn drop(&mut self) {
        self.renewal.abort();
        let redis = Arc::clone(&self.redis);
        let (key, token) = (std::mem::take(&mut self.key), std::mem::take(&mut self.token));
        let mut release = Box::pin(async move { redis.delete_if(&key, &token).await });
        // Polled once, it is on its way before the next batch of this process asks for the lock over the same
        // connection. Nobody need wait for the reply.
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

        /// Releasing happens a moment after the drop.
        async fn until_free(world: &World) {
            while ask::<bool>(world, &["EXISTS", &key(world)]).await {
                time::sleep(Duration::from_millis(5)).await;
            }
        }

        #[tokio::test]
        async fn a_lock_is_for_one_process_at_a_time_and_nobody_waits_long_for_it() {
            let world = World::new().await;
            let other = world.second_process().await;
            let held = world.ctx.locks.acquire(ID).await.unwrap();
            assert!(other.locks.acquire(ID).await.is_none(), "two hold it");
            drop(held);
            until_free(&world).await;
            assert!(other.locks.acquire(ID).await.is_some());
        }

        #[tokio::test]
        async fn a_lock_is_renewed_while_it_is_held() {
            let world = World::new().await;
            let _held = world.ctx.locks.acquire(ID).await.unwrap();
            ask::<bool>(&world, &["PEXPIRE", &key(&world), "2000"]).await;
            // Renewed after 1.5 s, it has its whole life before it again.
            time::sleep(RENEWAL + Duration::from_millis(300)).await;
            assert!(ask::<i64>(&world, &["PTTL", &key(&world)]).await > 2_000);
        }

        #[tokio::test]
        async fn a_lock_that_was_outlived_is_not_taken_from_its_next_holder() {
            let world = World::new().await;
            let outlived = world.ctx.locks.acquire(ID).await.unwrap();
            ask::<String>(&world, &["SET", &key(&world), "of somebody else"]).await;
            drop(outlived);
            time::sleep(Duration::from_millis(100)).await;
            let holder: String = ask(&world, &["GET", &key(&world)]).await;
            assert_eq!(holder, "of somebody else");
        }
    }
}
