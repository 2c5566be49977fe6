//! The lists of the job queue in Redis, and ways to lose them.

use redis::cmd;

use super::World;

/// The job queue in Redis, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// Waiting for a worker, at any priority.
    pub ready: usize,
    /// Taken by a worker and not yet claimed in the database.
    pub processing: usize,
    /// In the set of tickets that are in one of these lists.
    pub enqueued: usize,
    /// Waiting until they are due.
    pub delayed: usize,
}

impl World {
    /// The job queue in Redis, in numbers.
    ///
    /// # Panics
    /// When Redis does not answer.
    pub async fn lists(&self) -> Lists {
        Lists {
            ready: self.listed("jobs:ready:*").await,
            processing: self.listed("jobs:processing:*").await,
            enqueued: self.ask(cmd("SCARD").arg(self.key("jobs:enqueued"))).await,
            delayed: self.ask(cmd("ZCARD").arg(self.key("jobs:delayed"))).await,
        }
    }

    /// The number of keys in Redis.
    ///
    /// # Panics
    /// When Redis does not answer.
    pub async fn redis_keys(&self) -> usize {
        self.keys("*").await.len()
    }

    /// Empties Redis, as after a restart without persistence.
    ///
    /// # Panics
    /// When Redis does not answer.
    pub async fn empty_redis(&self) {
        for key in self.keys("*").await {
            self.ask::<()>(cmd("DEL").arg(key)).await;
        }
    }

    /// Deletes the lists of waiting jobs, and keeps the other keys.
    ///
    /// # Panics
    /// When Redis does not answer.
    pub async fn lose_ready_lists(&self) {
        for key in self.keys("jobs:ready:*").await {
            self.ask::<()>(cmd("DEL").arg(key)).await;
        }
    }

    /// Makes all workers count as gone for Redis.
    ///
    /// # Panics
    /// When Redis does not answer.
    pub async fn outlive_workers(&self) {
        let workers = self.key("jobs:workers");
        let names: Vec<String> = self.ask(cmd("ZRANGE").arg(&workers).arg(0).arg(-1)).await;
        for name in names {
            self.ask::<()>(cmd("ZADD").arg(&workers).arg(1).arg(name)).await;
        }
    }

    async fn listed(&self, pattern: &str) -> usize {
        let mut listed = 0;
        for key in self.keys(pattern).await {
            listed += self.ask::<usize>(cmd("LLEN").arg(key)).await;
        }
        listed
    }

    pub(super) async fn keys(&self, pattern: &str) -> Vec<String> {
        self.ask(cmd("KEYS").arg(self.key(pattern))).await
    }

    fn key(&self, name: &str) -> String {
        self.ctx.redis().expect("a world with Redis").key(name)
    }

    pub(super) async fn ask<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> T {
        let redis = self.ctx.redis().expect("a world with Redis");
        redis.query(command).await.expect("an answer of Redis")
    }
}
