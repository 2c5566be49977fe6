//! Other processes on the database of a world.

use std::sync::Arc;

use super::{World, context, settings};
use crate::{
    Clock, Context, LoginLimits, MailRate, Mailer, Mode, Redis, Settings, housekeeping::Retention,
};

impl World {
    /// Another process on the same database and Redis, with caches and locks of its own.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn second_process(&self) -> Context {
        context(&self.database, &self.redis, Arc::clone(&self.clock)).await
    }

    /// A process that uses the clock of the database, on a machine with another clock.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn process_on_machine(&self, machine: Arc<dyn Clock>) -> Context {
        let db = self.database.connect().await;
        let ctx = Context::on_machine(db, self.redis.connect(), settings(), machine).await;
        ctx.expect("the time of the database")
    }

    /// A process whose transactions are READ COMMITTED where rules were written for SERIALIZABLE:
    /// as behind a pooler that drops settings. It has no Redis, whose lock would keep processes
    /// apart.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn read_committed_process(&self) -> Context {
        let clock = Arc::clone(&self.clock);
        let db = self.database.connect().await.weakened_to_read_committed();
        Context::with_clock(db, None, settings(), clock)
    }

    /// A process that does everything over a single connection.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn narrow_process(&self) -> Context {
        self.process_with(1).await
    }

    /// A process with this number of connections to the database.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn process_with(&self, max_connections: u32) -> Context {
        let clock = Arc::clone(&self.clock);
        let db = self.database.connect_with(max_connections).await;
        Context::with_clock(db, self.redis.connect(), settings(), clock)
    }

    /// Another process, whose Redis does not answer.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn process_without_redis(&self) -> Context {
        // Nothing listens on port 1.
        let nowhere = Redis::new("redis://127.0.0.1:1", "test:").expect("a URL");
        let clock = Arc::clone(&self.clock);
        Context::with_clock(self.database.connect().await, Some(nowhere), settings(), clock)
    }

    /// A process in production mode on the same database.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn production(&self) -> Context {
        let settings = Settings { mode: Mode::Production, ..settings() };
        self.process_of(settings).await
    }

    /// A process that keeps rows for other periods.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn process_with_retention(&self, retention: Retention) -> Context {
        let settings = Settings { retention, ..settings() };
        self.process_of(settings).await
    }

    /// A process that shows the addresses of organizers' accounts to themselves and administrators
    /// only.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn hiding_organizer_emails(&self) -> Context {
        let settings = Settings { public_organizer_email: false, ..settings() };
        self.process_of(settings).await
    }

    /// A process with rate limits on requests and failed logins.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn limiting(&self) -> Context {
        self.limiting_logins(LoginLimits::default()).await
    }

    /// The same with these limits on failed logins.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn limiting_logins(&self, login_limits: LoginLimits) -> Context {
        let settings = Settings { rate_limits: true, login_limits, ..settings() };
        self.process_of(settings).await
    }

    /// A process that sends mail, through the SMTP server at `url`.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn process_with_mail(&self, url: &str) -> Context {
        self.process_with_mail_by(url, None).await
    }

    /// The same, at a limited rate.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn process_with_mail_rate(&self, url: &str, rate: MailRate) -> Context {
        let mailer = mailer(url, None).limited_to(Some(rate));
        self.process_of(Settings { mailer: Some(mailer), ..settings() }).await
    }

    /// The same, where the server has its certificate from one of the authorities in `ca`, in PEM.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn process_with_mail_by(&self, url: &str, ca: Option<&str>) -> Context {
        let settings = Settings { mailer: Some(mailer(url, ca)), ..settings() };
        self.process_of(settings).await
    }

    /// A process that sends mail, and shows the addresses of organizers' accounts to nobody else.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn process_with_mail_hiding_organizer_emails(&self, url: &str) -> Context {
        let mailer = Some(mailer(url, None));
        let settings = Settings { mailer, public_organizer_email: false, ..settings() };
        self.process_of(settings).await
    }

    /// A process that sends mail for a site at this address.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn process_with_mail_at(&self, url: &str, site_url: &str) -> Context {
        let mailer = Some(mailer(url, None));
        let settings = Settings { mailer, site_url: site_url.to_owned(), ..settings() };
        self.process_of(settings).await
    }

    /// A process with these settings.
    async fn process_of(&self, settings: Settings) -> Context {
        let clock = Arc::clone(&self.clock);
        Context::with_clock(self.database.connect().await, self.redis.connect(), settings, clock)
    }
}

/// Sends through the server at `url`, whose certificate may be from one of the authorities in `ca`.
fn mailer(url: &str, ca: Option<&str>) -> Mailer {
    Mailer::trusting(url, "Mini Compete <no-reply@site.example>", ca).expect("settings")
}
