//! What every use case needs.

use std::{ops::Deref, sync::Arc};

use domain::Timestamp;
use tokio::sync::Notify;

use crate::{
    Clock, Db, SystemClock,
    accounts::Users,
    admission::Admissions,
    combiner::Limits,
    competitions::Details,
    events::Events,
    idempotency::{Answers, InFlight},
    locks::Locks,
    password::PasswordHasher,
    redis::Redis,
    smtp::Mailer,
};

/// What an installation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Trying out: demo data may be made and is explained.
    Development,
    /// Real users.
    Production,
}

/// The parts of the configuration that use cases depend on.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the installation is for.
    pub mode: Mode,
    /// Binary logarithm of bcrypt's rounds, 4 to 31.
    pub bcrypt_cost: u32,
    /// Whether there are limits on how often a client may ask and how often a login may fail.
    pub rate_limits: bool,
    /// How the world reaches the site, for links in mails: `https://example.com`, without a slash at its end.
    pub site_url: String,
    /// Sends mail to people's addresses; without one it stays in their mailboxes here.
    pub mailer: Option<Mailer>,
}

/// What every use case needs: the database, the clock, and what requests of this process share. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Context(Arc<Shared>);

/// What all clones of a [`Context`] share.
#[derive(Debug)]
pub struct Shared {
    pub(crate) db: Db,
    pub(crate) mode: Mode,
    pub(crate) rate_limits: bool,
    pub(crate) passwords: PasswordHasher,
    pub(crate) users: Users,
    pub(crate) details: Details,
    pub(crate) admissions: Admissions,
    pub(crate) in_flight: InFlight,
    pub(crate) answers: Answers,
    pub(crate) locks: Locks,
    pub(crate) events: Events,
    pub(crate) mailer: Option<Mailer>,
    site_url: String,
    redis: Option<Arc<Redis>>,
    clock: Arc<dyn Clock>,
    new_jobs: Notify,
}

impl Deref for Context {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Context {
    /// A context on the machine's clock. With `redis`, what processes share is there; without, each is alone.
    pub fn new(db: Db, redis: Option<Redis>, settings: Settings) -> Self {
        Self::with_clock(db, redis, settings, Arc::new(SystemClock))
    }

    /// A context on a clock of the caller's.
    pub fn with_clock(
        db: Db,
        redis: Option<Redis>,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let redis = redis.map(Arc::new);
        // SQLite has a lock of its own, which is waited for in turn.
        let lockable = redis.clone().filter(|_| !db.is_sqlite());
        Self(Arc::new(Shared {
            db,
            mode: settings.mode,
            rate_limits: settings.rate_limits,
            passwords: PasswordHasher::new(settings.bcrypt_cost),
            users: Users::new(Limits::READS),
            details: Details::new(Limits::READS),
            admissions: Admissions::default(),
            in_flight: InFlight::default(),
            answers: Answers::new(redis.clone()),
            locks: Locks::new(lockable),
            events: Events::new(redis.clone()),
            mailer: settings.mailer,
            site_url: settings.site_url,
            redis,
            clock,
            new_jobs: Notify::new(),
        }))
    }
}

impl Shared {
    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether this installation is for trying out.
    pub fn is_development(&self) -> bool {
        self.mode == Mode::Development
    }

    /// Whether there are limits on how often a client may ask.
    pub fn has_rate_limits(&self) -> bool {
        self.rate_limits
    }

    /// Whether this installation sends mail to people's addresses.
    pub fn sends_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// The address of a page of the site, for those who read it elsewhere.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}{path}", self.site_url)
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Redis, in the distributed mode.
    pub fn redis(&self) -> Option<&Arc<Redis>> {
        self.redis.as_ref()
    }

    /// From now on events of processes that share this one's Redis count in [`event_count`](Self::event_count).
    pub fn subscribe_to_events(&self) {
        self.events.subscribe();
    }

    /// Grows with every event that this process knows of. While it stays the same, so does what this process has
    /// changed of the competitions; what others have changed shows late, or never without Redis.
    pub fn event_count(&self) -> u64 {
        self.events.count()
    }

    /// Returns once a job was committed by this process, at once if one was since the last call.
    pub async fn new_jobs(&self) {
        self.new_jobs.notified().await;
    }

    /// To be called after a commit that held new jobs.
    pub(crate) fn announce_jobs(&self) {
        self.new_jobs.notify_one();
    }
}
