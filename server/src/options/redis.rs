//! Options of Redis.

use clap::Args;
use service::{Redis, error_chain};

use super::Optional;

/// Options of Redis, which the processes of an installation share.
#[derive(Clone, Debug, Args)]
pub struct RedisOptions {
    /// Redis, which processes share: redis://USER:PASSWORD@HOST:PORT, or rediss:// for TLS; without
    /// it workers poll the database for jobs, and events stay within a process
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_parser = redis_url,
          default_value = "", hide_default_value = true, global = true)]
    pub redis_url: Optional,

    /// File with the certificates (PEM) of the private authority that has signed the certificate of
    /// Redis; only it is trusted then
    #[arg(long, env = "REDIS_CA_FILE", value_parser = redis_ca,
          default_value = "", hide_default_value = true, global = true)]
    pub redis_ca_file: Optional,

    /// Prefix of all keys in Redis; installations that share a Redis need one each
    #[arg(long, env = "REDIS_PREFIX", default_value = "mini-compete:", global = true)]
    pub redis_prefix: String,
}

impl RedisOptions {
    /// The client, if there is a Redis. Logs what is unsuitable about its configuration; a Redis
    /// that does not answer may come up later.
    ///
    /// # Errors
    /// When Redis refuses this program, or its certificate is not trusted; when REDIS_CA_FILE is
    /// set without TLS.
    pub(super) async fn open(&self) -> service::Result<Option<Redis>> {
        let Some(url) = &self.redis_url.0 else { return Ok(None) };
        let redis = Redis::trusting(url, &self.redis_prefix, self.redis_ca_file.0.as_deref())?;
        redis.check().await?;
        for concern in redis.concerns().await.unwrap_or_default() {
            tracing::warn!("{concern}");
        }
        Ok(Some(redis))
    }
}

fn redis_url(text: &str) -> Result<Optional, String> {
    Optional::parse(text, |url| {
        let known =
            ["redis://", "rediss://", "valkey://", "valkeys://", "unix://", "redis+unix://"];
        if !known.iter().any(|scheme| url.starts_with(scheme)) {
            return Err("it must begin with redis:// or, for TLS, rediss://".to_owned());
        }
        Redis::new(url, "").map_err(|error| error_chain(&error))?;
        Ok(url.to_owned())
    })
}

/// Reads the file, so that the option holds its text.
fn redis_ca(path: &str) -> Result<Optional, String> {
    Optional::parse(path, |path| {
        let pem = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        Redis::trusting("rediss://localhost", "", Some(&pem))
            .map_err(|error| error_chain(&error))?;
        Ok(pem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // The client starts a task.
    #[tokio::test]
    async fn a_url_names_a_redis_with_or_without_tls() {
        for good in ["", "redis://localhost", "rediss://ada:secret@redis.example:6380/1"] {
            assert!(redis_url(good).is_ok(), "{good}");
        }
        for bad in ["localhost", "http://localhost", "rediss://localhost#insecure"] {
            assert!(redis_url(bad).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_private_authority_is_a_file_of_certificates() {
        let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/../service/tests/it/certificates");
        assert!(redis_ca(&format!("{tests}/authority.pem")).unwrap().0.is_some());
        assert!(redis_ca("").unwrap().0.is_none());
        assert!(redis_ca(&format!("{tests}/server.key")).unwrap_err().contains("PEM"));
        assert!(redis_ca("/nowhere.pem").unwrap_err().contains("No such file"));
    }
}
