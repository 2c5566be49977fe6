//! Options of Redis.

use clap::Args;
use service::{Redis, error_chain};

/// The address of Redis, if there is one: an empty variable counts as unset.
#[derive(Clone, Debug, Default)]
pub struct RedisUrl(pub Option<String>);

/// Options of Redis, which the processes of an installation share.
#[derive(Clone, Debug, Args)]
pub struct RedisOptions {
    /// Redis, which processes share: redis://HOST:PORT; without it workers poll the database for
    /// jobs, and events stay within a process
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_parser = redis_url,
          default_value = "", hide_default_value = true, global = true)]
    pub redis_url: RedisUrl,

    /// Prefix of all keys in Redis; installations that share a Redis need one each
    #[arg(long, env = "REDIS_PREFIX", default_value = "mini-compete:", global = true)]
    pub redis_prefix: String,
}

impl RedisOptions {
    /// The client, if there is a Redis. Logs what is unsuitable about its configuration; a Redis
    /// that does not answer may come up later.
    pub(super) async fn open(&self) -> service::Result<Option<Redis>> {
        let Some(url) = &self.redis_url.0 else { return Ok(None) };
        let redis = Redis::new(url, &self.redis_prefix)?;
        for concern in redis.concerns().await.unwrap_or_default() {
            tracing::warn!("{concern}");
        }
        Ok(Some(redis))
    }
}

fn redis_url(text: &str) -> Result<RedisUrl, String> {
    let known = ["redis://", "valkey://", "unix://", "redis+unix://"];
    if text.is_empty() {
        Ok(RedisUrl(None))
    } else if known.iter().any(|scheme| text.starts_with(scheme)) {
        Redis::new(text, "").map_err(|error| error_chain(&error))?;
        Ok(RedisUrl(Some(text.to_owned())))
    } else {
        Err("it must begin with redis://".to_owned())
    }
}
