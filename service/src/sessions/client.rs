//! The client of Redis with which sessions are cached.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use fred::{
    prelude::{
        Builder, Client, ClientLike, Config, Expiration, FredResult, KeysInterface,
        ReconnectPolicy, ServerConfig, SetOptions, Value,
    },
    types::ConnectHandle,
};
use redis::{ConnectionAddr, ConnectionInfo, ErrorKind, RedisError};

use crate::Result;

/// A command that takes longer has failed.
const TIMEOUT: Duration = Duration::from_millis(250);
/// The pause between two tries to connect, in milliseconds.
const PAUSE_MS: u32 = 200;

/// Connects when it is first used, and again whenever the connection is lost.
pub(crate) struct CacheClient {
    client: Client,
    /// The task that connects. It ends when the first try fails.
    connection: Mutex<Option<ConnectHandle>>,
}

impl fmt::Debug for CacheClient {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheClient").finish_non_exhaustive()
    }
}

impl CacheClient {
    /// A client of the Redis that everything else uses.
    ///
    /// # Errors
    /// When Redis cannot be reached in this way.
    pub(crate) fn new(redis: &ConnectionInfo) -> Result<Self> {
        let server = match redis.addr() {
            ConnectionAddr::Tcp(host, port) => ServerConfig::new_centralized(host, *port),
            ConnectionAddr::Unix(path) => ServerConfig::new_unix_socket(path),
            _ => return Err(unusable("sessions cannot be cached over this kind of connection")),
        };
        let settings = redis.redis_settings();
        let database = u8::try_from(settings.db())
            .map_err(|_| unusable("the number of the database is larger than 255"))?;
        let config = Config {
            server,
            username: settings.username().map(str::to_owned),
            password: settings.password().map(str::to_owned),
            database: Some(database),
            ..Config::default()
        };
        let client = Builder::from_config(config)
            .with_connection_config(|config| {
                config.connection_timeout = TIMEOUT;
                config.internal_command_timeout = TIMEOUT;
                // The caller has gone on without it.
                config.max_command_attempts = 1;
                config.unresponsive.max_timeout = Some(4 * TIMEOUT);
            })
            .with_performance_config(|config| config.default_command_timeout = TIMEOUT)
            // 0: for ever.
            .set_policy(ReconnectPolicy::new_constant(0, PAUSE_MS))
            .build()
            .map_err(|error| unusable(&error.to_string()))?;
        Ok(Self { client, connection: Mutex::default() })
    }

    /// The values of these keys, in their order.
    pub(super) async fn get(&self, keys: Vec<String>) -> FredResult<Vec<Option<String>>> {
        self.connected().await?.mget(keys).await
    }

    /// Sets a key for so many seconds.
    pub(super) async fn set(
        &self,
        key: String,
        value: String,
        life: i64,
        options: Option<SetOptions>,
    ) -> FredResult<()> {
        let life = Some(Expiration::EX(life));
        let client = self.connected().await?;
        let _: Option<String> = client.set(key, value, life, options, false).await?;
        Ok(())
    }

    /// Sets a key for so many seconds, and deletes another in the same round trip.
    pub(super) async fn set_and_delete(
        &self,
        key: String,
        life: i64,
        deleted: String,
    ) -> FredResult<()> {
        let both = self.connected().await?.pipeline();
        let _: Value = both.set(key, 1, Some(Expiration::EX(life)), None, false).await?;
        let _: Value = both.del(deleted).await?;
        let _: Vec<Value> = both.all().await?;
        Ok(())
    }

    async fn connected(&self) -> FredResult<&Client> {
        if !self.client.is_connected() {
            self.connect();
            self.client.wait_for_connect().await?;
        }
        Ok(&self.client)
    }

    /// Begins to connect, unless that is under way.
    fn connect(&self) {
        // No code that holds the lock can leave it half-changed.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.as_ref().is_none_or(ConnectHandle::is_finished) {
            *connection = Some(self.client.connect());
        }
    }
}

fn unusable(reason: &str) -> crate::Error {
    let error = (ErrorKind::InvalidClientConfig, "sessions cannot be cached", reason.to_owned());
    RedisError::from(error).into()
}
