//! An advisory lock in Redis for each competition.
//!
//! It prevents transactions of different processes from conflicting in the database, which would
//! retry them. Nothing depends on it: a batch that cannot get it for a while continues without. (A
//! lock that expires cannot be relied on: Martin Kleppmann, "How to do distributed locking".)

use std::{collections::HashSet, sync::Arc, time::Duration};

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
/// Locks each key that is free; says for each whether it was.
const TRY_LOCK: &str = "\
    local locked = {} \
    for number, key in ipairs(KEYS) do \
        locked[number] = redis.call('SET', key, ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0 \
    end \
    return locked";

/// Extends each key that has our token.
const RENEW: &str = "\
    for _, key in ipairs(KEYS) do \
        if redis.call('GET', key) == ARGV[1] then redis.call('PEXPIRE', key, ARGV[2]) end \
    end";

/// The locks of this process; `None` without Redis, where the combiner alone runs one batch of a
/// competition at a time.
#[derive(Clone, Debug)]
pub(crate) struct CompetitionLocks(Option<Arc<Redis>>);

/// Held locks, which are renewed in the background. Dropping them releases them.
#[derive(Debug)]
pub(crate) struct HeldLocks {
    redis: Arc<Redis>,
    keys: Vec<String>,
    token: String,
    renewal: AbortHandle,
}

/// The result of locking several competitions without waiting.
#[derive(Debug, Default)]
pub(crate) struct TryLock {
    /// The locks on those that were free; `None` without Redis.
    pub(crate) held: Option<HeldLocks>,
    /// Those that another batch has locked.
    pub(crate) busy: HashSet<CompetitionId>,
}

impl CompetitionLocks {
    pub(crate) fn new(redis: Option<Arc<Redis>>) -> Self {
        Self(redis)
    }

    /// Locks those of `competitions` that are free, in one round trip. None is busy when Redis does
    /// not answer.
    pub(crate) async fn try_acquire(&self, competitions: &[CompetitionId]) -> TryLock {
        let Some(redis) = &self.0 else { return TryLock::default() };
        let key = |id: &CompetitionId| redis.key(format_args!("lock:competition:{id}"));
        let keys: Vec<String> = competitions.iter().map(key).collect();
        let token = new_token();
        let script = Script::new(TRY_LOCK);
        let mut invocation = script.arg(&token);
        invocation.arg(millis(TTL)).key(&keys);
        let Some(locked) = redis.run::<Vec<bool>>(&invocation).await else {
            return TryLock::default();
        };
        let (mut held, mut busy) = (Vec::with_capacity(keys.len()), HashSet::new());
        for ((key, id), locked) in keys.into_iter().zip(competitions).zip(locked) {
            if locked {
                held.push(key);
            } else {
                busy.insert(*id);
            }
        }
        let held = (!held.is_empty()).then(|| HeldLocks::renewed(Arc::clone(redis), held, token));
        TryLock { held, busy }
    }
}

impl HeldLocks {
    fn renewed(redis: Arc<Redis>, keys: Vec<String>, token: String) -> Self {
        let renewal = tokio::spawn(renew(Arc::clone(&redis), keys.clone(), token.clone()));
        Self { redis, keys, token, renewal: renewal.abort_handle() }
    }
}

async fn renew(redis: Arc<Redis>, keys: Vec<String>, token: String) {
    let script = Script::new(RENEW);
    loop {
        time::sleep(RENEW_EVERY).await;
        // Ignore a failure: the lock expires, and nothing depends on it.
        redis.run::<()>(script.key(&keys).arg(&token).arg(millis(TTL))).await;
    }
}

impl Drop for HeldLocks {
    fn drop(&mut self) {
        self.renewal.abort();
        let redis = Arc::clone(&self.redis);
        let (keys, token) = (std::mem::take(&mut self.keys), std::mem::take(&mut self.token));
        let mut release = Box::pin(async move { redis.delete_if(&keys, &token).await });
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
        async fn a_lock_is_held_by_one_process() {
            let world = World::new().await;
            let other = world.second_process().await;
            let held = world.ctx.locks.try_acquire(&[ID]).await.held.unwrap();
            let refused = other.locks.try_acquire(&[ID]).await;
            assert!(refused.held.is_none(), "two processes hold the lock");
            assert!(refused.busy.contains(&ID));
            drop(held);
            until_released(&world).await;
            assert!(other.locks.try_acquire(&[ID]).await.held.is_some());
        }

        #[tokio::test]
        async fn a_lock_is_renewed_while_it_is_held() {
            let world = World::new().await;
            let _held = world.ctx.locks.try_acquire(&[ID]).await.held.unwrap();
            ask::<bool>(&world, &["PEXPIRE", &key(&world), "2000"]).await;
            // Renewed after 1.5 s, it has its full time to live again.
            time::sleep(RENEW_EVERY + Duration::from_millis(300)).await;
            assert!(ask::<i64>(&world, &["PTTL", &key(&world)]).await > 2_000);
        }

        #[tokio::test]
        async fn an_expired_lock_is_not_released_from_its_next_holder() {
            let world = World::new().await;
            let expired = world.ctx.locks.try_acquire(&[ID]).await.held.unwrap();
            ask::<String>(&world, &["SET", &key(&world), "another token"]).await;
            drop(expired);
            time::sleep(Duration::from_millis(100)).await;
            let holder: String = ask(&world, &["GET", &key(&world)]).await;
            assert_eq!(holder, "another token");
        }
    }
}
