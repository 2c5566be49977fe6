//! The Redis client of the session cache.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use fred::{
    prelude::{
        Builder, Client, ClientLike, Config, Expiration, FredResult, KeysInterface,
        ReconnectPolicy, ServerConfig, SetOptions, TlsConnector, Value,
    },
    types::ConnectHandle,
};
use redis::{ConnectionAddr, ConnectionInfo, ErrorKind, RedisError};
use rustls::{ClientConfig, RootCertStore};

use crate::Result;

/// How long a command, or connecting, may take.
const TIMEOUT: Duration = Duration::from_millis(250);
/// The pause between two tries to connect, in milliseconds.
const PAUSE_MS: u32 = 200;

/// Connects with the first command, and again whenever the connection is lost.
pub(crate) struct CacheClient {
    client: Client,
    /// The task that connects. It ends if the first try fails.
    connection: Mutex<Option<ConnectHandle>>,
}

impl fmt::Debug for CacheClient {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheClient").finish_non_exhaustive()
    }
}

impl CacheClient {
    /// A client of the same server that [`super::Redis`] uses; with `roots`, over TLS.
    ///
    /// # Errors
    /// When this client does not support the kind of connection.
    pub(crate) fn new(redis: &ConnectionInfo, roots: Option<RootCertStore>) -> Result<Self> {
        let server = match redis.addr() {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                ServerConfig::new_centralized(host, *port)
            }
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
            tls: roots.map(|roots| {
                let tls = ClientConfig::builder().with_root_certificates(roots);
                TlsConnector::from(tls.with_no_client_auth()).into()
            }),
            ..Config::default()
        };
        let client = Builder::from_config(config)
            .with_connection_config(|config| {
                config.connection_timeout = TIMEOUT;
                config.internal_command_timeout = TIMEOUT;
                // No retries: the caller continues without Redis.
                config.max_command_attempts = 1;
                config.unresponsive.max_timeout = Some(4 * TIMEOUT);
            })
            .with_performance_config(|config| config.default_command_timeout = TIMEOUT)
            // 0: without a limit.
            .set_policy(ReconnectPolicy::new_constant(0, PAUSE_MS))
            .build()
            .map_err(|error| unusable(&error.to_string()))?;
        Ok(Self { client, connection: Mutex::default() })
    }

    /// The values of the keys, in the same order.
    pub(crate) async fn get(&self, keys: Vec<String>) -> FredResult<Vec<Option<String>>> {
        self.connected().await?.mget(keys).await
    }

    /// Sets a key that expires after `ttl` seconds.
    pub(crate) async fn set(
        &self,
        key: String,
        value: String,
        ttl: i64,
        options: Option<SetOptions>,
    ) -> FredResult<()> {
        let ttl = Some(Expiration::EX(ttl));
        let client = self.connected().await?;
        let _: Option<String> = client.set(key, value, ttl, options, false).await?;
        Ok(())
    }

    /// Sets a key that expires after `ttl` seconds, and deletes another in the same round trip.
    pub(crate) async fn set_and_delete(
        &self,
        key: String,
        ttl: i64,
        deleted: String,
    ) -> FredResult<()> {
        let both = self.connected().await?.pipeline();
        let _: Value = both.set(key, 1, Some(Expiration::EX(ttl)), None, false).await?;
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

    /// Starts the task that connects, unless it runs.
    fn connect(&self) {
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
