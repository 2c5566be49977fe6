//! Options of Redis.

use clap::Args;
use service::{Redis, error_chain};

use super::Optional;

/// Options of Redis, which the processes of an installation share.
#[derive(Clone, Debug, Args)]
pub struct RedisOptions {
    /// Redis, which processes share: redis://HOST:PORT; without it workers poll the database for
    /// jobs, and events stay within a process
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_parser = redis_url,
          default_value = "", hide_default_value = true, global = true)]
    pub redis_url: Optional,

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

fn redis_url(text: &str) -> Result<Optional, String> {
    Optional::parse(text, |url| {
        let known = ["redis://", "valkey://", "unix://", "redis+unix://"];
        if !known.iter().any(|scheme| url.starts_with(scheme)) {
            return Err("it must begin with redis://".to_owned());
        }
        Redis::new(url, "").map_err(|error| error_chain(&error))?;
        Ok(url.to_owned())
    })
}
