//! Options from the command line and the environment, the same for every process of an
//! installation.

use std::error::Error;

use clap::{Args, ValueEnum};
use http::Uri;
use service::{Context, Db, LoginLimits, Mailer, Mode, Redis, Settings};

use crate::Schedule;

/// The address of the site where SITE_URL is not set.
const DEFAULT_SITE_URL: &str = "http://localhost:3000";

/// The environment of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AppEnv {
    /// For trying out: demo data is allowed, and missing secrets are generated.
    Development,
    /// For real users: secrets must be set.
    Production,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// The address of Redis, if there is one: an empty variable counts as unset.
#[derive(Clone, Debug, Default)]
pub struct RedisUrl(pub Option<String>);

/// The address of a mail server, if there is one.
#[derive(Clone, Debug, Default)]
pub struct SmtpUrl(pub Option<String>);

/// The certificates (PEM) of a private authority that has signed that of the mail server.
#[derive(Clone, Debug, Default)]
pub struct SmtpCa(pub Option<String>);

/// Options that every process of an installation must agree on.
#[derive(Clone, Debug, Args)]
pub struct InstallationOptions {
    /// The database: sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_parser = database_url,
          default_value = "sqlite://data/mini-compete.db", global = true)]
    pub database_url: String,

    /// Most connections to the database
    #[arg(long, env = "DATABASE_CONNECTIONS",
          value_parser = clap::value_parser!(u32).range(2..=1000),
          default_value_t = 20, global = true)]
    pub database_connections: u32,

    /// Environment of this installation
    #[arg(long, env = "APP_ENV", value_enum, default_value = "development", global = true)]
    pub app_env: AppEnv,

    /// Cost of a password hash: each step doubles the time of a login
    #[arg(long, env = "BCRYPT_COST", value_parser = clap::value_parser!(u32).range(4..=31),
          default_value_t = 12, global = true)]
    pub bcrypt_cost: u32,

    /// Redis, which processes share: redis://HOST:PORT; without it workers poll the database for
    /// jobs, and events stay within a process
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_parser = redis_url,
          default_value = "",
          hide_default_value = true, global = true)]
    pub redis_url: RedisUrl,

    /// Prefix of all keys in Redis; installations that share a Redis need one each
    #[arg(long, env = "REDIS_PREFIX", default_value = "mini-compete:", global = true)]
    pub redis_prefix: String,

    /// Rate limits on requests and on failed logins; off for load tests
    #[arg(long, env = "RATE_LIMITS", value_enum, default_value = "on", global = true)]
    pub rate_limits: Switch,

    /// Most failed logins of one account within 15 minutes
    #[arg(long, env = "LOGIN_FAILURES_PER_ACCOUNT",
          value_parser = clap::value_parser!(u32).range(1..=100_000),
          default_value_t = 10, global = true)]
    pub login_failures_per_account: u32,

    /// Failed logins from one address within 15 minutes before its responses are delayed
    #[arg(long, env = "LOGIN_FAILURES_PER_ADDRESS",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000),
          default_value_t = 1_000, global = true)]
    pub login_failures_per_address: u32,

    /// Public address of the site; with https, cookies are Secure [default: http://localhost:PORT]
    #[arg(long, env = "SITE_URL", value_parser = site_url, global = true)]
    pub site_url: Option<String>,

    /// Mail server: smtps://USER:PASSWORD@HOST, smtp://HOST:PORT?tls=required or, unencrypted,
    /// smtp://HOST; without it messages stay in the mailboxes on the site
    #[arg(long, env = "SMTP_URL", hide_env_values = true, value_parser = smtp_url,
          default_value = "",
          hide_default_value = true, global = true)]
    pub smtp_url: SmtpUrl,

    /// File with the certificates (PEM) of the private authority that has signed the certificate of
    /// the mail server
    #[arg(long, env = "SMTP_CA_FILE", value_parser = smtp_ca, default_value = "",
          hide_default_value = true,
          global = true)]
    pub smtp_ca_file: SmtpCa,

    /// Sender of mail: `Mini Compete <no-reply@example.com>`; SMTP_URL needs it
    #[arg(long, env = "MAIL_FROM", value_parser = mail_from, global = true)]
    pub mail_from: Option<String>,
}

impl InstallationOptions {
    /// Connects to the database and brings its schema up to date.
    ///
    /// # Errors
    /// When the database does not answer or refuses the schema; when SMTP_URL stands alone.
    pub async fn open(&self) -> Result<Context, Box<dyn Error>> {
        self.open_at(DEFAULT_SITE_URL).await
    }

    /// The same, for a site whose address is `address` unless SITE_URL is set.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub async fn open_at(&self, address: &str) -> Result<Context, Box<dyn Error>> {
        let mailer = self.mailer()?;
        let redis = self.redis_url.0.as_deref();
        let redis = redis.map(|url| Redis::new(url, &self.redis_prefix)).transpose()?;
        if let Some(redis) = &redis {
            // Redis may come up later; no request depends on it.
            for concern in redis.concerns().await.unwrap_or_default() {
                tracing::warn!("{concern}");
            }
        }
        let db = Db::connect(&self.database_url, self.database_connections).await?;
        migration::run(&db.for_migration().await?).await?;
        let site_url = self.site_url.as_deref().unwrap_or(address).to_owned();
        let settings = Settings {
            mode: self.mode(),
            bcrypt_cost: self.bcrypt_cost,
            rate_limits: self.rate_limits == Switch::On,
            login_limits: LoginLimits {
                per_account: self.login_failures_per_account,
                per_address: self.login_failures_per_address,
                ..LoginLimits::default()
            },
            site_url,
            mailer,
        };
        Ok(Context::open(db, redis, settings).await?)
    }

    /// Mails name their sender and link to the site: SMTP_URL needs both options.
    fn mailer(&self) -> Result<Option<Mailer>, Box<dyn Error>> {
        match (&self.smtp_url.0, &self.mail_from, &self.site_url) {
            (None, ..) => Ok(None),
            (Some(url), Some(from), Some(_)) => {
                Ok(Some(Mailer::trusting(url, from, self.smtp_ca_file.0.as_deref())?))
            }
            (Some(_), None, _) => {
                Err("SMTP_URL needs MAIL_FROM: the address that mail comes from".into())
            }
            (Some(_), _, None) => {
                Err("SMTP_URL needs SITE_URL: mails hold links to the site".into())
            }
        }
    }

    /// The mode of the use cases in this environment.
    pub fn mode(&self) -> Mode {
        match self.app_env {
            AppEnv::Development => Mode::Development,
            AppEnv::Production => Mode::Production,
        }
    }
}

/// Options of the worker.
#[derive(Clone, Debug, Args)]
pub struct WorkerOptions {
    /// Batches of confirmations that run at the same time
    #[arg(long, env = "WORKER_CONCURRENCY", value_parser = clap::value_parser!(u16).range(1..=256),
          default_value_t = 4)]
    pub worker_concurrency: u16,

    /// Mails to one person that are sent at the same time: links to set a password, confirmations
    #[arg(long, env = "MAIL_CONCURRENCY", value_parser = clap::value_parser!(u16).range(1..=256),
          default_value_t = 4)]
    pub mail_concurrency: u16,

    /// Mails to many people that are sent at the same time: cancellations, reminders
    #[arg(long, env = "BULK_MAIL_CONCURRENCY",
          value_parser = clap::value_parser!(u16).range(1..=256),
          default_value_t = 4)]
    pub bulk_mail_concurrency: u16,

    /// Schedule of reminders to participants: a cron expression, in UTC
    #[arg(long, env = "CRON_REMINDER_SCHEDULE", default_value = "*/10 * * * *")]
    pub cron_reminder_schedule: Schedule,

    /// Schedule of the deletion of expired rows: a cron expression, in UTC
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

fn smtp_url(text: &str) -> Result<SmtpUrl, String> {
    if text.is_empty() {
        return Ok(SmtpUrl(None));
    }
    Mailer::new(text, "nobody@example.com").map_err(|error| crate::process::sentence(&error))?;
    Ok(SmtpUrl(Some(text.to_owned())))
}

fn smtp_ca(path: &str) -> Result<SmtpCa, String> {
    if path.is_empty() {
        return Ok(SmtpCa(None));
    }
    let pem = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    Mailer::trusting("smtps://localhost", "nobody@example.com", Some(&pem))
        .map_err(|error| crate::process::sentence(&error))?;
    Ok(SmtpCa(Some(pem)))
}

fn mail_from(text: &str) -> Result<String, String> {
    let nowhere = "smtp://localhost";
    Mailer::new(nowhere, text).map_err(|error| crate::process::sentence(&error))?;
    Ok(text.to_owned())
}

fn site_url(text: &str) -> Result<String, String> {
    origin(text.trim_end_matches('/'))
}

/// Scheme, host and port of a site, and nothing after them.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn origin(text: &str) -> Result<String, String> {
    let wrong = || format!("`{text}` is no origin like https://example.com");
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let is_bare = uri.path() == "/" && uri.query().is_none() && !text.ends_with('/');
    let has_host = uri.host().is_some_and(|host| !host.is_empty());
    if is_web && is_bare && has_host { Ok(text.to_owned()) } else { Err(wrong()) }
}

fn database_url(text: &str) -> Result<String, String> {
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if known.iter().any(|scheme| text.starts_with(scheme)) {
        Ok(text.to_owned())
    } else {
        Err("it must begin with sqlite:// or postgres://".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_url_may_end_in_a_slash() {
        assert_eq!(site_url("https://a.example/").unwrap(), "https://a.example");
        assert!(site_url("a.example").is_err());
    }

    #[test]
    fn a_mail_server_is_named_by_a_url_and_a_sender_by_an_address() {
        for good in
            ["smtp://localhost", "smtps://me:secret@a.example", "smtp://a.example:587?tls=required"]
        {
            assert!(smtp_url(good).is_ok(), "{good}");
        }
        for bad in ["a.example", "http://a.example", "smtp://a.example?tls=maybe", "smtp://"] {
            assert!(smtp_url(bad).is_err(), "{bad}");
        }
        assert!(mail_from("no-reply@a.example").is_ok());
        assert!(mail_from("Mini Compete <no-reply@a.example>").is_ok());
        assert!(mail_from("Mini Compete").is_err());
        assert!(mail_from("Bücher <info@bücher.example>").is_ok());
        assert!(mail_from("жанна@example.com").is_err());
    }

    #[test]
    fn a_private_authority_is_a_file_of_certificates() {
        let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/../service/tests/it/certificates");
        assert!(smtp_ca(&format!("{tests}/authority.pem")).unwrap().0.is_some());
        assert!(smtp_ca("").unwrap().0.is_none());
        let wrong = smtp_ca(&format!("{tests}/server.key")).unwrap_err();
        assert!(wrong.contains("certificates in PEM"), "{wrong}");
        assert!(smtp_ca("/nowhere.pem").unwrap_err().contains("No such file"));
    }
}
