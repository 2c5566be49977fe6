//! The connection to Redis, which is optional.
//!
//! Redis makes requests faster and decides nothing. When it fails, a circuit breaker skips it for a
//! moment and callers continue without it: no request fails because of Redis, or waits for long.

mod acceptance;
mod cache_client;

use std::{
    fmt,
    time::{Duration, Instant},
};

use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, FromRedisValue, IntoConnectionInfo, Pipeline,
    RedisResult, ScriptInvocation, TlsCertificates,
    aio::{
        ConnectionLike, ConnectionManager, ConnectionManagerConfig, MultiplexedConnection, PubSub,
    },
};

pub(crate) use self::cache_client::CacheClient;
use crate::{
    Error, Result,
    infrastructure::{circuit_breaker::CircuitBreaker, tls},
    metrics::REDIS,
};

/// How long a command may take.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(250);
/// How long connecting may take.
const CONNECTION_TIMEOUT: Duration = Duration::from_millis(500);
const NO_AUTHORITY: &str = "it contains no certificates in PEM: -----BEGIN CERTIFICATE-----";
const AUTHORITY_WITHOUT_TLS: &str =
    "REDIS_CA_FILE has no effect on a REDIS_URL without TLS: use rediss://";
const INSECURE: &str = "#insecure would accept every certificate: set REDIS_CA_FILE instead";
/// How long a failure opens the circuit breaker. Each time it closes, the next failure costs one
/// request the response timeout, at most.
const OPEN_FOR: Duration = Duration::from_millis(500);

/// A Redis or Valkey server, and the prefix of the keys that this program uses.
pub struct Redis {
    client: Client,
    /// One connection for all short commands, multiplexed.
    shared: ConnectionManager,
    /// A connection of another client library, for the cache of sessions.
    sessions: CacheClient,
    prefix: String,
    breaker: CircuitBreaker,
}

impl fmt::Debug for Redis {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl Redis {
    /// The server at `url` (`redis://user:password@host:port/database`; `rediss:` for TLS). All
    /// keys begin with `prefix`. Connects with the first command.
    ///
    /// # Errors
    /// When the URL is wrong.
    pub fn new(url: &str, prefix: &str) -> Result<Self> {
        Self::trusting(url, prefix, None)
    }

    /// The same. With `ca`, certificates in PEM, only these authorities are trusted; otherwise
    /// Mozilla's.
    ///
    /// # Errors
    /// As for [`Self::new`]; when `ca` contains no certificate, or the connection is not encrypted.
    pub fn trusting(url: &str, prefix: &str, ca: Option<&str>) -> Result<Self> {
        let server = url.into_connection_info()?;
        // CLIENT SETINFO would have to be permitted, and is new in Redis 7.2.
        let settings = server.redis_settings().clone().set_skip_set_lib_name();
        let (client, roots) = match (server.set_redis_settings(settings), ca) {
            (server, ca) if is_tls(server.addr())? => {
                let roots = match ca {
                    Some(pem) => {
                        tls::authorities(pem).ok_or_else(|| misconfigured(NO_AUTHORITY))?
                    }
                    None => tls::public_authorities(),
                };
                let root_cert = ca.map(|pem| pem.as_bytes().to_vec());
                let certificates = TlsCertificates { client_tls: None, root_cert };
                (Client::build_with_tls(server, certificates)?, Some(roots))
            }
            (_, Some(_)) => return Err(misconfigured(AUTHORITY_WITHOUT_TLS)),
            (server, None) => (Client::open(server)?, None),
        };
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_connection_timeout(Some(CONNECTION_TIMEOUT))
            // The next command after the breaker has closed tries again.
            .set_number_of_retries(0);
        let shared = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
        let sessions = CacheClient::new(client.get_connection_info(), roots)?;
        let breaker = CircuitBreaker::new(OPEN_FOR);
        Ok(Self { client, shared, sessions, prefix: prefix.to_owned(), breaker })
    }

    /// The client of the cache of sessions.
    pub(crate) fn sessions(&self) -> &CacheClient {
        &self.sessions
    }

    /// The full name of a key.
    pub(crate) fn key(&self, name: impl fmt::Display) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The reply to a command; `None` when Redis does not answer in time, or the breaker is open.
    pub(crate) async fn query<T: FromRedisValue>(&self, command: &redis::Cmd) -> Option<T> {
        let mut connection = self.shared.clone();
        self.attempt(command.query_async(&mut connection)).await
    }

    /// The replies to several commands in one round trip.
    pub(crate) async fn query_all<T: FromRedisValue>(&self, commands: &Pipeline) -> Option<T> {
        let mut connection = self.shared.clone();
        self.attempt(commands.query_async(&mut connection)).await
    }

    /// The reply of a script.
    pub(crate) async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Option<T> {
        let mut connection = self.shared.clone();
        self.attempt(script.invoke_async(&mut connection)).await
    }

    /// Deletes each key that has this value: after the caller's key has expired, the key may be
    /// another process'. The script is sent as text, so that it is sent with the first poll of the
    /// future.
    pub(crate) async fn delete_if(&self, keys: &[String], value: &str) -> Option<()> {
        const DELETE_IF: &str = "\
            for _, key in ipairs(KEYS) do \
                if redis.call('GET', key) == ARGV[1] then redis.call('DEL', key) end \
            end";
        self.query(redis::cmd("EVAL").arg(DELETE_IF).arg(keys.len()).arg(keys).arg(value)).await
    }

    /// A new connection, for commands that block.
    pub(crate) async fn dedicated(&self) -> Option<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECTION_TIMEOUT))
            .set_response_timeout(None);
        self.attempt(self.client.get_multiplexed_async_connection_with_config(&config)).await
    }

    /// A new connection, for subscriptions.
    pub(crate) async fn listener(&self) -> Option<PubSub> {
        self.attempt(self.client.get_async_pubsub()).await
    }

    /// Opens further connections.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Fails if the server refuses this program for a reason that lasts: its certificate, the
    /// credentials, or a permission. A server that does not answer may come up later.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub async fn check(&self) -> Result<()> {
        acceptance::check(&self.client, &self.prefix).await
    }

    /// Whether the server answers a PING.
    pub async fn answers(&self) -> bool {
        self.query::<String>(&redis::cmd("PING")).await.is_some()
    }

    /// Deletes every key of this installation.
    pub(crate) async fn delete_all_keys(&self) -> Option<()> {
        let pattern = format!("{}*", escaped(&self.prefix));
        let mut cursor = "0".to_owned();
        loop {
            let mut scan = redis::cmd("SCAN");
            scan.arg(&cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(1_000);
            let (next, keys): (String, Vec<Vec<u8>>) = self.query(&scan).await?;
            if !keys.is_empty() {
                self.query::<i64>(redis::cmd("DEL").arg(keys)).await?;
            }
            if next == "0" {
                return Some(());
            }
            cursor = next;
        }
    }

    /// Warnings for an operator about the configuration of the server, a sentence each. `None` when
    /// it does not answer.
    pub async fn concerns(&self) -> Option<Vec<&'static str>> {
        let memory: String = self.query(redis::cmd("INFO").arg("memory")).await?;
        let persistence: String = self.query(redis::cmd("INFO").arg("persistence")).await?;
        // Managed servers may refuse CONFIG; then only INFO counts.
        let mut connection = self.shared.clone();
        let save: RedisResult<Vec<String>> =
            redis::cmd("CONFIG").arg(&["GET", "save"]).query_async(&mut connection).await;
        let mut concerns = Vec::new();
        if !memory.contains("maxmemory_policy:noeviction") {
            concerns.push(
                "Redis may evict keys when its memory is full (maxmemory-policy is not \
                 noeviction): jobs would start late. Set maxmemory-policy to noeviction.",
            );
        }
        let snapshots = save.map_or(true, |save| save.get(1).is_some_and(|when| !when.is_empty()));
        if !snapshots && !persistence.contains("aof_enabled:1") {
            concerns.push(
                "Redis keeps nothing over a restart (neither appendonly nor save is on): jobs \
                 would start late after one, and answers would come from the database. Set \
                 appendonly to yes.",
            );
        }
        Some(concerns)
    }

    /// The result of an operation on Redis; `None` when it fails or times out, or the breaker is
    /// open.
    pub(crate) async fn attempt<T, E: fmt::Display>(
        &self,
        operation: impl Future<Output = Result<T, E>>,
    ) -> Option<T> {
        if self.breaker.is_open() {
            return None;
        }
        // The timeouts of the client do not cover the wait for its connection.
        let began = Instant::now();
        let outcome = tokio::time::timeout(CONNECTION_TIMEOUT, operation).await;
        match outcome {
            Ok(Ok(value)) => {
                REDIS.answered(began.elapsed());
                if self.breaker.record_success() {
                    tracing::info!("Redis answers again");
                }
                Some(value)
            }
            Ok(Err(error)) => self.fail(&error),
            Err(_) => self.fail(&"no answer in time"),
        }
    }

    fn fail<T>(&self, reason: &dyn fmt::Display) -> Option<T> {
        REDIS.failures.increment(1);
        if self.breaker.record_failure() {
            tracing::warn!(%reason, "Redis does not answer; continuing without it");
        }
        None
    }
}

/// A prefix without the characters that a pattern gives a meaning.
fn escaped(prefix: &str) -> String {
    let mut pattern = String::new();
    for c in prefix.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '\\' | '^') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

/// Whether the connection is encrypted.
///
/// # Errors
/// When it is, and any certificate would do.
fn is_tls(address: &ConnectionAddr) -> Result<bool> {
    match address {
        ConnectionAddr::TcpTls { insecure: true, .. } => Err(misconfigured(INSECURE)),
        ConnectionAddr::TcpTls { .. } => Ok(true),
        _ => Ok(false),
    }
}

fn misconfigured(reason: &str) -> Error {
    Error::Misconfigured(reason.to_owned())
}

/// Milliseconds, for `PX` and `PEXPIRE`.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Sends a command on a [dedicated](Redis::dedicated) connection.
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
    async fn a_failure_opens_the_circuit_breaker() {
        // Nothing listens on port 1.
        let redis = Redis::new("redis://127.0.0.1:1", "test:").unwrap();
        assert!(!redis.breaker.is_open());
        assert!(!redis.answers().await);
        assert!(redis.breaker.is_open());
        assert_eq!(redis.query::<String>(&redis::cmd("PING")).await, None);
        assert_eq!(redis.concerns().await, None);
        assert!(redis.dedicated().await.is_none() && redis.listener().await.is_none());
    }

    #[test]
    fn a_url_of_another_scheme_or_without_checks_of_certificates_is_refused() {
        assert!(Redis::new("http://localhost", "").is_err());
        let insecure = Redis::new("rediss://localhost/#insecure", "").unwrap_err();
        assert!(insecure.to_string().contains("REDIS_CA_FILE"), "{insecure}");
    }

    #[tokio::test]
    async fn an_authority_needs_a_certificate_and_an_encrypted_connection() {
        let pem = include_str!("../../../tests/it/certificates/authority.pem");
        assert!(Redis::trusting("rediss://localhost", "", Some(pem)).is_ok());
        let clear = Redis::trusting("redis://localhost", "", Some(pem)).unwrap_err();
        assert!(clear.to_string().contains("rediss://"), "{clear}");
        let empty = Redis::trusting("rediss://localhost", "", Some("")).unwrap_err();
        assert!(empty.to_string().contains("PEM"), "{empty}");
    }

    mod with_redis {
        use crate::testing::World;

        #[tokio::test]
        async fn a_server_without_persistence_is_warned_about() {
            let world = World::new().await;
            let redis = world.ctx.redis().unwrap();
            let concerns = redis.concerns().await.unwrap();
            assert_eq!(
                concerns.len(),
                1,
                "the server of the tests has no persistence and does not evict: {concerns:?}"
            );
            assert!(concerns[0].contains("appendonly"));
        }
    }
}
