//! Sessions that were read lately, in Redis, so that most requests need not read them from the database.
//!
//! The database is the truth. A Redis that was emptied signs nobody out; one that does not answer is passed over.

use std::{fmt, time::Duration};

use fred::prelude::{
    Builder, Client, ClientLike, Config, Error, Expiration, FredResult, KeysInterface,
    ReconnectPolicy,
};

/// How long an entry lives, in seconds. If Redis fails in the very moment of a log-out, the session may still be
/// found for so long.
const LIFE: i64 = 60;
/// A command that takes longer has failed.
const TIMEOUT: Duration = Duration::from_millis(250);
/// The pause between two tries to connect, in milliseconds.
const PAUSE_MS: u32 = 500;

/// Keeps the data of sessions for a minute.
#[derive(Clone)]
pub struct SessionCache {
    client: Client,
    prefix: String,
}

impl fmt::Debug for SessionCache {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionCache").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl SessionCache {
    /// A cache in the Redis at `url`, whose keys begin with `prefix`. It connects in the background, and again
    /// whenever the connection is lost.
    ///
    /// # Errors
    /// When the URL is wrong.
    pub fn connect(url: &str, prefix: &str) -> Result<Self, Error> {
        let client = Builder::from_config(Config::from_url(url)?)
            .with_connection_config(|config| {
                config.connection_timeout = TIMEOUT;
                config.internal_command_timeout = TIMEOUT;
                // Whoever asked has long gone on without it.
                config.max_command_attempts = 1;
                config.unresponsive.max_timeout = Some(4 * TIMEOUT);
            })
            .with_performance_config(|config| config.default_command_timeout = TIMEOUT)
            // 0: for ever.
            .set_policy(ReconnectPolicy::new_constant(0, PAUSE_MS))
            .build()?;
        client.connect();
        Ok(Self { client, prefix: prefix.to_owned() })
    }

    /// The data of a session, if it is here.
    pub(super) async fn load(&self, id: &str) -> Option<String> {
        self.client.is_connected().then_some(())?;
        heard(self.client.get::<Option<String>, _>(self.key(id)).await)?
    }

    /// Keeps the data of a session that the database has.
    pub(super) async fn save(&self, id: &str, data: &str) {
        if self.client.is_connected() {
            let life = Some(Expiration::EX(LIFE));
            heard(self.client.set::<(), _, _>(self.key(id), data, life, None, false).await);
        }
    }

    /// Forgets a session that the database has not any more.
    pub(super) async fn delete(&self, id: &str) {
        if self.client.is_connected() {
            heard(self.client.del::<(), _>(self.key(id)).await);
        }
    }

    fn key(&self, id: &str) -> String {
        format!("{}session:{id}", self.prefix)
    }
}

/// What Redis says, if it says anything.
fn heard<T>(reply: FredResult<T>) -> Option<T> {
    reply.inspect_err(|error| tracing::debug!(%error, "the session cache was passed over")).ok()
}
