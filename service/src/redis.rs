//! The connection to Redis, which the rest can do without.
//!
//! What is kept there makes things faster or kinder and decides nothing. So a Redis that fails is left alone
//! for a moment and the caller goes on without it: no request fails because of it, and none waits for long.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use redis::{
    AsyncConnectionConfig, Client, FromRedisValue, Pipeline, RedisResult, ScriptInvocation,
    aio::{
        ConnectionLike, ConnectionManager, ConnectionManagerConfig, MultiplexedConnection, PubSub,
    },
};
use tokio::time::Instant;

use crate::{Result, sessions::CacheClient};

/// A command that takes longer has failed.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(250);
/// So has a connection.
const CONNECTION_TIMEOUT: Duration = Duration::from_millis(500);
/// How long a Redis that failed is left alone: each pause costs one request the response timeout, at most.
const REST: Duration = Duration::from_millis(500);

/// A Redis, or a Valkey, and the part of its keys that is ours.
pub struct Redis {
    client: Client,
    /// One connection for all short commands; they share its round trips.
    shared: ConnectionManager,
    /// Another connection, with the client for what the session store caches.
    sessions: CacheClient,
    prefix: String,
    health: Mutex<Health>,
}

#[derive(Default)]
struct Health {
    /// Until when it is left alone, since it failed.
    resting_until: Option<Instant>,
}

impl fmt::Debug for Redis {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl Redis {
    /// The Redis at `url` (`redis://host:port/database`). All keys begin with `prefix`. It is connected to when it
    /// is first needed, so it need not answer yet.
    ///
    /// # Errors
    /// When the URL is wrong.
    pub fn new(url: &str, prefix: &str) -> Result<Self> {
        let client = Client::open(url)?;
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_connection_timeout(Some(CONNECTION_TIMEOUT))
            // Trying again is up to the next command after the rest.
            .set_number_of_retries(0);
        let shared = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
        let sessions = CacheClient::new(client.get_connection_info())?;
        Ok(Self { client, shared, sessions, prefix: prefix.to_owned(), health: Mutex::default() })
    }

    /// The client of the cache of sessions.
    pub(crate) fn sessions(&self) -> &CacheClient {
        &self.sessions
    }

    /// The full name of a key.
    pub(crate) fn key(&self, name: impl fmt::Display) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The reply to a command: `None` when Redis does not answer, or not in time.
    pub(crate) async fn query<T: FromRedisValue>(&self, command: &redis::Cmd) -> Option<T> {
        let mut connection = self.shared.clone();
        self.attempt(command.query_async(&mut connection)).await
    }

    /// The replies to several commands that share a round trip.
    pub(crate) async fn query_all<T: FromRedisValue>(&self, commands: &Pipeline) -> Option<T> {
        let mut connection = self.shared.clone();
        self.attempt(commands.query_async(&mut connection)).await
    }

    /// The reply of a script.
    pub(crate) async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Option<T> {
        let mut connection = self.shared.clone();
        self.attempt(script.invoke_async(&mut connection)).await
    }

    /// Deletes a key that still holds `value`: what stands there when ours has run out is somebody else's. The only
    /// script that goes as text: it must be on its way with the first poll.
    pub(crate) async fn delete_if(&self, key: &str, value: &str) -> Option<i64> {
        const DELETE_IF: &str =
            "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0";
        self.query(redis::cmd("EVAL").arg(DELETE_IF).arg(1).arg(key).arg(value)).await
    }

    /// A connection of one's own, for commands that block.
    pub(crate) async fn dedicated(&self) -> Option<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECTION_TIMEOUT))
            .set_response_timeout(None);
        self.attempt(self.client.get_multiplexed_async_connection_with_config(&config)).await
    }

    /// A connection to listen on.
    pub(crate) async fn listener(&self) -> Option<PubSub> {
        self.attempt(self.client.get_async_pubsub()).await
    }

    /// Whether it answers now.
    pub async fn answers(&self) -> bool {
        self.query::<String>(&redis::cmd("PING")).await.is_some()
    }

    /// Whether it answered lately, or has not been asked.
    pub(crate) fn is_well(&self) -> bool {
        self.lock().resting_until.is_none_or(|until| until <= Instant::now())
    }

    /// What an operator should know about how it is set up, a sentence each. `None` when it does not answer.
    pub async fn concerns(&self) -> Option<Vec<&'static str>> {
        let memory: String = self.query(redis::cmd("INFO").arg("memory")).await?;
        let persistence: String = self.query(redis::cmd("INFO").arg("persistence")).await?;
        // A managed Redis may refuse to tell; then only what INFO says counts.
        let mut connection = self.shared.clone();
        let save: RedisResult<Vec<String>> =
            redis::cmd("CONFIG").arg(&["GET", "save"]).query_async(&mut connection).await;
        let mut concerns = Vec::new();
        if !memory.contains("maxmemory_policy:noeviction") {
            concerns.push(
                "Redis may evict keys when its memory is full (maxmemory-policy is not noeviction): jobs would start late. Set maxmemory-policy to noeviction.",
            );
        }
        let snapshots = save.map_or(true, |save| save.get(1).is_some_and(|when| !when.is_empty()));
        if !snapshots && !persistence.contains("aof_enabled:1") {
            concerns.push(
                "Redis keeps nothing over a restart (neither appendonly nor save is on): jobs would start late after one, and answers would come from the database. Set appendonly to yes.",
            );
        }
        Some(concerns)
    }

    /// What an operation brings about: `None` when Redis rests, or fails now, or does not answer in
    /// time.
    pub(crate) async fn attempt<T, E: fmt::Display>(
        &self,
        operation: impl Future<Output = Result<T, E>>,
    ) -> Option<T> {
        if !self.is_well() {
            return None;
        }
        // The client's own limits do not cover the wait for its connection.
        let outcome = tokio::time::timeout(CONNECTION_TIMEOUT, operation).await;
        match outcome {
            Ok(Ok(value)) => {
                if self.lock().resting_until.take().is_some() {
                    tracing::info!("Redis answers again");
                }
                Some(value)
            }
            Ok(Err(error)) => self.rest(&error),
            Err(_) => self.rest(&"no answer in time"),
        }
    }

    fn rest<T>(&self, reason: &dyn fmt::Display) -> Option<T> {
        if self.lock().resting_until.replace(Instant::now() + REST).is_none() {
            tracing::warn!(%reason, "Redis does not answer, going on without it");
        }
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Health> {
        // No code that holds the lock can leave it half-changed.
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A time limit as Redis' `PX` wants it, in milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A command on a connection of one's own.
pub(crate) async fn query_on<T: FromRedisValue>(
    connection: &mut impl ConnectionLike,
    command: &redis::Cmd,
) -> RedisResult<T> {
    command.query_async(connection).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_redis_that_is_not_there_is_left_alone_for_a_moment() {
        // Nothing listens on port 1.
        let redis = Redis::new("redis://127.0.0.1:1", "test:").unwrap();
        assert!(redis.is_well());
        assert!(!redis.answers().await);
        assert!(!redis.is_well());
        assert_eq!(redis.query::<String>(&redis::cmd("PING")).await, None);
        assert_eq!(redis.concerns().await, None);
        assert!(redis.dedicated().await.is_none() && redis.listener().await.is_none());
    }

    #[test]
    fn a_wrong_url_is_told() {
        assert!(Redis::new("http://localhost", "").is_err());
    }

    mod with_redis {
        use crate::testing::World;

        #[tokio::test]
        async fn a_redis_that_keeps_nothing_and_one_that_evicts_are_warned_about() {
            let world = World::new().await;
            let redis = world.ctx.redis().unwrap();
            let concerns = redis.concerns().await.unwrap();
            assert_eq!(
                concerns.len(),
                1,
                "the test's Redis never evicts, and keeps nothing: {concerns:?}"
            );
            assert!(concerns[0].contains("appendonly"));
        }
    }
}
