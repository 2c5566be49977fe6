//! Options that every process of an installation must agree on.

use std::error::Error;

use clap::{ArgAction, Args, ValueEnum};
use ipnet::IpNet;
use service::{Context, Db, LoginLimits, Mode, Settings};

use super::{
    DatabaseOptions, MailOptions, MediaOptions, RedisOptions, RetentionOptions, Switch,
    origin::parse_origin,
};

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

/// Options that every process of an installation must agree on.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Installation")]
pub struct InstallationOptions {
    /// Options of the database.
    #[command(flatten)]
    pub database: DatabaseOptions,

    /// Environment of this installation
    #[arg(long, env = "APP_ENV", value_enum, default_value = "development", global = true)]
    pub app_env: AppEnv,

    /// Cost of a password hash: each step doubles the time of a login
    #[arg(long, env = "BCRYPT_COST", value_parser = clap::value_parser!(u32).range(4..=31),
          default_value_t = 12, global = true)]
    pub bcrypt_cost: u32,

    /// Options of Redis.
    #[command(flatten)]
    pub redis: RedisOptions,

    /// Rate limits on requests and on failed logins: on, or off for load tests
    #[arg(
        long,
        env = "RATE_LIMITS",
        value_enum,
        hide_possible_values = true,
        default_value = "on",
        global = true
    )]
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

    /// Options of mail.
    #[command(flatten)]
    pub mail: MailOptions,

    /// Options of retention.
    #[command(flatten)]
    pub retention: RetentionOptions,

    /// Options of pictures.
    #[command(flatten)]
    pub media: MediaOptions,

    /// Whether everyone sees the addresses of organizers' accounts in the API: true, as the first
    /// clients expect, or false to show the contact address of the competition instead
    #[arg(
        long,
        env = "PUBLIC_ORGANIZER_EMAIL",
        action = ArgAction::Set,
        hide_possible_values = true,
        default_value_t = true,
        global = true
    )]
    pub public_organizer_email: bool,

    /// Networks that webhooks may be sent to although they are not public, separated by commas
    #[arg(long, env = "WEBHOOK_ALLOWED_NETWORKS", value_delimiter = ',', global = true)]
    pub webhook_allowed_networks: Vec<IpNet>,
}

impl InstallationOptions {
    /// Connects to the database and brings its schema up to date.
    ///
    /// # Errors
    /// When the database does not answer or refuses the schema; when Redis refuses this program;
    /// when a server's certificate is not trusted; when SMTP_URL is set without MAIL_FROM or
    /// SITE_URL.
    pub async fn open(&self) -> Result<Context, Box<dyn Error>> {
        self.open_at(DEFAULT_SITE_URL).await
    }

    /// The same, for a site whose address is `address` unless SITE_URL is set.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub async fn open_at(&self, address: &str) -> Result<Context, Box<dyn Error>> {
        let mailer = self.mail.mailer(self.site_url.as_deref())?;
        let database = self.database.url()?;
        let redis = self.redis.open().await?;
        let db = Db::connect(&database, self.database.database_connections).await?;
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
            retention: (&self.retention).into(),
            public_organizer_email: self.public_organizer_email,
            webhook_networks: self.webhook_allowed_networks.clone(),
            media: self.media.open(&database)?,
        };
        Ok(Context::open(db, redis, settings).await?)
    }

    /// The mode of the use cases in this environment.
    pub fn mode(&self) -> Mode {
        match self.app_env {
            AppEnv::Development => Mode::Development,
            AppEnv::Production => Mode::Production,
        }
    }
}

fn site_url(text: &str) -> Result<String, String> {
    parse_origin(text.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_url_may_end_in_a_slash() {
        assert_eq!(site_url("https://a.example/").unwrap(), "https://a.example");
        assert!(site_url("a.example").is_err());
    }
}
