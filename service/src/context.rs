//! What every use case needs.

use std::{ops::Deref, sync::Arc, time::Duration};

use domain::Timestamp;
use tokio::{sync::watch, time};

use crate::{
    Clock, DatabaseClock, Db, Result, SystemClock,
    accounts::Users,
    admission::Admission,
    background_jobs::REGISTRY,
    competitions::Details,
    events::Events,
    health::LastCheck,
    idempotency::{IdempotencyCache, InFlightKeys},
    infrastructure::{
        combiner::BatchLimits, locks::CompetitionLocks, password::PasswordHasher, redis::Redis,
    },
    jobs::Registry,
    mail::smtp::Mailer,
    throttle::{Delays, LoginLimits},
};

/// How often the database's clock is read.
const READ_CLOCK: Duration = Duration::from_secs(5);
/// The pause before it is read again where the last reading may be wrong.
const DOUBTED: Duration = Duration::from_millis(500);

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
    /// How many logins may fail, where there are limits.
    pub login_limits: LoginLimits,
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
    pub(crate) login_limits: LoginLimits,
    pub(crate) login_delays: Delays,
    pub(crate) passwords: PasswordHasher,
    pub(crate) users: Users,
    pub(crate) details: Details,
    pub(crate) admission: Admission,
    pub(crate) database_health: LastCheck,
    pub(crate) in_flight_keys: InFlightKeys,
    pub(crate) idempotency_cache: IdempotencyCache,
    pub(crate) locks: CompetitionLocks,
    pub(crate) events: Events,
    pub(crate) jobs: &'static Registry,
    pub(crate) mailer: Option<Mailer>,
    site_url: String,
    redis: Option<Arc<Redis>>,
    clock: Arc<dyn Clock>,
    /// The same clock, where it is the database's.
    database_clock: Option<Arc<DatabaseClock>>,
    new_jobs: watch::Sender<()>,
}

/// Wakes a worker when this process commits jobs.
#[derive(Debug)]
pub struct JobSignal(watch::Receiver<()>);

impl JobSignal {
    /// Waits until this process commits a job. Returns at once if it has committed one since the
    /// last call.
    pub async fn wait(&mut self) {
        // An error means that the context, the only sender, is dropped: no job will follow.
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Deref for Context {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Context {
    /// A context on the clock of the database, which all processes share. With `redis`, what else
    /// they share is there; without, each is alone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open(db: Db, redis: Option<Redis>, settings: Settings) -> Result<Self> {
        Self::on_machine(db, redis, settings, Arc::new(SystemClock)).await
    }

    /// The same, on a machine whose clock is the caller's.
    pub(crate) async fn on_machine(
        db: Db,
        redis: Option<Redis>,
        settings: Settings,
        machine: Arc<dyn Clock>,
    ) -> Result<Self> {
        if db.is_sqlite() {
            // A file, and every process that uses it, is on one machine.
            return Ok(Self::with_clock(db, redis, settings, machine));
        }
        let clock = Arc::new(DatabaseClock::new(machine));
        clock.read(&db).await?;
        let ctx = Self::assemble(db, redis, settings, clock.clone(), Some(clock));
        ctx.follow_clock();
        Ok(ctx)
    }

    /// A context on a clock of the caller's.
    pub fn with_clock(
        db: Db,
        redis: Option<Redis>,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self::assemble(db, redis, settings, clock, None)
    }

    /// Goes on reading the database's clock, for as long as there is a context.
    fn follow_clock(&self) {
        let Some(clock) = self.0.database_clock.clone() else { return };
        let shared = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = clock.doubted() => {}
                    () = time::sleep(READ_CLOCK) => {}
                }
                let Some(shared) = shared.upgrade() else { return };
                // If it cannot be read, time goes on from the last reading.
                if let Err(error) = clock.read(&shared.db).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "the database's clock cannot be read");
                }
                drop(shared);
                // However often it is doubted.
                time::sleep(DOUBTED).await;
            }
        });
    }

    fn assemble(
        db: Db,
        redis: Option<Redis>,
        settings: Settings,
        clock: Arc<dyn Clock>,
        database_clock: Option<Arc<DatabaseClock>>,
    ) -> Self {
        let redis = redis.map(Arc::new);
        // SQLite has a lock of its own, which is waited for in turn.
        let lockable = redis.clone().filter(|_| !db.is_sqlite());
        Self(Arc::new(Shared {
            admission: Admission::new(&db),
            database_health: LastCheck::default(),
            db,
            mode: settings.mode,
            rate_limits: settings.rate_limits,
            login_limits: settings.login_limits,
            login_delays: Delays::default(),
            passwords: PasswordHasher::new(settings.bcrypt_cost),
            users: Users::new(BatchLimits::READS),
            details: Details::new(BatchLimits::READS),
            in_flight_keys: InFlightKeys::default(),
            idempotency_cache: IdempotencyCache::new(redis.clone()),
            locks: CompetitionLocks::new(lockable),
            events: Events::new(redis.clone()),
            jobs: &REGISTRY,
            mailer: settings.mailer,
            site_url: settings.site_url,
            redis,
            clock,
            database_clock,
            new_jobs: watch::Sender::new(()),
        }))
    }
}

impl Shared {
    /// The current time, by the clock that all processes share.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Reads the clock of the database anew, before something depends on its having been set.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read_clock(&self) -> Result<()> {
        match &self.database_clock {
            Some(clock) => clock.read(&self.db).await,
            None => Ok(()),
        }
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

    /// From now on events of processes that share this one's Redis count in
    /// [`event_count`](Self::event_count).
    pub fn subscribe_to_events(&self) {
        self.events.subscribe();
    }

    /// Grows with every event that this process knows of. While it stays the same, so does what this process has
    /// changed of the competitions; what others have changed shows late, or never without Redis.
    pub fn event_count(&self) -> u64 {
        self.events.count()
    }

    /// A signal that fires for each commit of new jobs by this process from now on.
    pub fn subscribe_to_jobs(&self) -> JobSignal {
        JobSignal(self.new_jobs.subscribe())
    }

    /// Wakes the workers of this process, which then look for due jobs in the database. Call it after
    /// a commit that makes jobs due.
    pub(crate) fn wake_local_workers(&self) {
        self.new_jobs.send_replace(());
    }
}
