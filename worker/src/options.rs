//! Options from the command line and the environment, the same for every process of an installation.

use clap::{Args, ValueEnum};
use service::{Context, Db, Mode, Redis, Settings};

use crate::Schedule;

/// What an installation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AppEnv {
    /// Trying out: demo data, and what is missing is made up.
    Development,
    /// Real users: secrets must be set.
    Production,
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// The address of Redis, if there is one: a variable that is set to nothing is as good as unset.
#[derive(Clone, Debug, Default)]
pub struct RedisUrl(pub Option<String>);

/// What every process of an installation must agree on.
#[derive(Clone, Debug, Args)]
pub struct InstallationOptions {
    /// Where the data is: sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_parser = database_url,
          default_value = "sqlite://data/mini-compete.db", global = true)]
    pub database_url: String,

    /// Connections to the database, at most
    #[arg(long, env = "DATABASE_CONNECTIONS", value_parser = clap::value_parser!(u32).range(2..=1000),
          default_value_t = 20, global = true)]
    pub database_connections: u32,

    /// What this installation is for
    #[arg(long, env = "APP_ENV", value_enum, default_value = "development", global = true)]
    pub app_env: AppEnv,

    /// Cost of a password hash: each step doubles the time a login takes
    #[arg(long, env = "BCRYPT_COST", value_parser = clap::value_parser!(u32).range(4..=31),
          default_value_t = 12, global = true)]
    pub bcrypt_cost: u32,

    /// Where processes meet: redis://HOST:PORT; without it each is alone, and jobs are looked for in the database
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_parser = redis_url, default_value = "",
          hide_default_value = true, global = true)]
    pub redis_url: RedisUrl,

    /// What all keys in Redis begin with; installations that share a Redis need one each
    #[arg(long, env = "REDIS_PREFIX", default_value = "mini-compete:", global = true)]
    pub redis_prefix: String,

    /// Limits on how often a client may ask and how often a login may fail; off for load tests
    #[arg(long, env = "RATE_LIMITS", value_enum, default_value = "on", global = true)]
    pub rate_limits: Switch,
}

impl InstallationOptions {
    /// Connects to the database and brings its schema up to date.
    ///
    /// # Errors
    /// When the database does not answer or refuses the schema.
    pub async fn open(&self) -> service::Result<Context> {
        let redis = self.redis_url.0.as_deref();
        let redis = redis.map(|url| Redis::new(url, &self.redis_prefix)).transpose()?;
        if let Some(redis) = &redis {
            // It may come up later; nothing depends on it.
            for concern in redis.concerns().await.unwrap_or_default() {
                tracing::warn!("{concern}");
            }
        }
        let db = Db::connect(&self.database_url, self.database_connections).await?;
        migration::run(db.connection()).await?;
        let settings = Settings {
            mode: self.mode(),
            bcrypt_cost: self.bcrypt_cost,
            rate_limits: self.rate_limits == Switch::On,
        };
        Ok(Context::new(db, redis, settings))
    }

    /// What the installation is for.
    pub fn mode(&self) -> Mode {
        match self.app_env {
            AppEnv::Development => Mode::Development,
            AppEnv::Production => Mode::Production,
        }
    }
}

/// How background work is done.
#[derive(Clone, Debug, Args)]
pub struct WorkerOptions {
    /// Batches of jobs worked on at the same time
    #[arg(long, env = "WORKER_CONCURRENCY", value_parser = clap::value_parser!(u16).range(1..=256),
          default_value_t = 4)]
    pub worker_concurrency: u16,

    /// When to remind participants: a cron expression, in UTC
    #[arg(long, env = "CRON_REMINDER_SCHEDULE", default_value = "*/10 * * * *")]
    pub cron_reminder_schedule: Schedule,

    /// When to delete what is kept for a while only: a cron expression, in UTC
    #[arg(long, env = "CRON_CLEANUP_SCHEDULE", default_value = "0 3 * * *")]
    pub cron_cleanup_schedule: Schedule,
}

fn redis_url(text: &str) -> Result<RedisUrl, String> {
    let known = ["redis://", "valkey://", "unix://", "redis+unix://"];
    if text.is_empty() {
        Ok(RedisUrl(None))
    } else if known.iter().any(|scheme| text.starts_with(scheme)) {
        Redis::new(text, "").map_err(|error| crate::process::sentence(&error))?;
        Ok(RedisUrl(Some(text.to_owned())))
    } else {
        Err("it must begin with redis://".to_owned())
    }
}

fn database_url(text: &str) -> Result<String, String> {
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if known.iter().any(|scheme| text.starts_with(scheme)) {
        Ok(text.to_owned())
    } else {
        Err("it must begin with sqlite:// or postgres://".to_owned())
    }
}
