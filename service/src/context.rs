//! The context of a use case: the database, the clock, and the shared state of the process.

use std::{ops::Deref, sync::Arc, time::Duration};

use domain::{CompetitionId, Timestamp};
use ipnet::IpNet;
use tokio::{sync::watch, time};

use crate::{
    Clock, DatabaseClock, Db, MediaStore, Result, SystemClock,
    accounts::Users,
    admission::Admission,
    assets::Assets,
    background_jobs::REGISTRY,
    competitions::{Details, PopularTags},
    events::Events,
    health::LastChecks,
    housekeeping::Retention,
    idempotency::{IdempotencyCache, InFlightKeys},
    infrastructure::{
        combiner::BatchLimits, locks::CompetitionLocks, outbound::Outbound,
        password::PasswordHasher, redis::Redis,
    },
    jobs::Registry,
    mail::smtp::Mailer,
    personal_tokens::PersonalTokens,
    social_picture::SocialPictures,
    throttle::{InFlight, LoginLimits},
};

/// The interval at which the database's clock is read.
const READ_CLOCK: Duration = Duration::from_secs(5);
/// The shortest pause between two readings, also when the last one may be wrong.
const DOUBTED: Duration = Duration::from_millis(500);

/// The purpose of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Development and evaluation: demo data is allowed, and the pages explain it.
    Development,
    /// Real users.
    Production,
}

/// The parts of the configuration that use cases depend on.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The purpose of the installation.
    pub mode: Mode,
    /// Binary logarithm of bcrypt's rounds, 4 to 31.
    pub bcrypt_cost: u32,
    /// Whether requests are rate limited and failed logins are counted.
    pub rate_limits: bool,
    /// The limits on failed logins, if `rate_limits` is on.
    pub login_limits: LoginLimits,
    /// The public address of the site, for links in mail: `https://example.com`, without a slash at
    /// its end.
    pub site_url: String,
    /// Sends mail to the users' addresses. Without it, messages stay in the mailboxes on the site.
    pub mailer: Option<Mailer>,
    /// How long rows are kept.
    pub retention: Retention,
    /// Whether everyone sees the addresses of organizers' accounts in responses of the API, as the
    /// first clients expect. Otherwise they see the contact address of the competition.
    pub public_organizer_email: bool,
    /// Networks that webhooks may be sent to although they are not public.
    pub webhook_networks: Vec<IpNet>,
    /// Where pictures are stored.
    pub media: MediaStore,
}

/// The argument of every use case: the database, the clock, and the state that requests of this
/// process share. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Context(Arc<Shared>);

/// The state behind all clones of a [`Context`].
#[derive(Debug)]
pub struct Shared {
    pub(crate) db: Db,
    pub(crate) mode: Mode,
    pub(crate) rate_limits: bool,
    pub(crate) login_limits: LoginLimits,
    pub(crate) in_flight: InFlight,
    pub(crate) passwords: PasswordHasher,
    pub(crate) users: Users,
    pub(crate) personal_tokens: PersonalTokens,
    pub(crate) details: Details,
    pub(crate) popular_tags: PopularTags,
    pub(crate) admission: Admission,
    pub(crate) checks: LastChecks,
    pub(crate) in_flight_keys: InFlightKeys,
    pub(crate) idempotency_cache: IdempotencyCache,
    pub(crate) locks: CompetitionLocks,
    pub(crate) events: Events,
    pub(crate) jobs: &'static Registry,
    pub(crate) mailer: Option<Mailer>,
    pub(crate) retention: Retention,
    pub(crate) public_organizer_email: bool,
    pub(crate) outbound: Outbound,
    pub(crate) assets: Assets,
    pub(crate) social_pictures: SocialPictures,
    site_url: String,
    redis: Option<Arc<Redis>>,
    clock: Arc<dyn Clock>,
    /// `clock`, if it is the database's clock.
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
    /// A context on the clock of the database, which all processes share. With `redis`, they also
    /// share locks, events, sessions and the lists of jobs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open(db: Db, redis: Option<Redis>, settings: Settings) -> Result<Self> {
        Self::on_machine(db, redis, settings, Arc::new(SystemClock)).await
    }

    /// The same with `machine` in place of the clock of this machine.
    pub(crate) async fn on_machine(
        db: Db,
        redis: Option<Redis>,
        settings: Settings,
        machine: Arc<dyn Clock>,
    ) -> Result<Self> {
        if db.is_sqlite() {
            // All processes that use the file run on one machine and share its clock.
            return Ok(Self::with_clock(db, redis, settings, machine));
        }
        let clock = Arc::new(DatabaseClock::new(machine));
        clock.read(&db).await?;
        let ctx = Self::assemble(db, redis, settings, clock.clone(), Some(clock));
        ctx.follow_clock();
        Ok(ctx)
    }

    /// A context on the clock that is passed.
    pub fn with_clock(
        db: Db,
        redis: Option<Redis>,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self::assemble(db, redis, settings, clock, None)
    }

    /// Reads the database's clock regularly, until the last clone of the context is dropped.
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
                // After a failure the clock keeps running from its last reading.
                if let Err(error) = clock.read(&shared.db).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "the database's clock cannot be read");
                }
                drop(shared);
                // Bounds the readings of a clock that is doubted all the time.
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
        // SQLite needs no lock for each competition: it has one lock for all writers.
        let lockable = redis.clone().filter(|_| !db.is_sqlite());
        Self(Arc::new(Shared {
            admission: Admission::new(&db),
            checks: LastChecks::default(),
            db,
            mode: settings.mode,
            rate_limits: settings.rate_limits,
            login_limits: settings.login_limits,
            in_flight: InFlight::default(),
            passwords: PasswordHasher::new(settings.bcrypt_cost),
            users: Users::new(BatchLimits::READS),
            personal_tokens: PersonalTokens::default(),
            details: Details::new(BatchLimits::READS),
            popular_tags: PopularTags::default(),
            in_flight_keys: InFlightKeys::default(),
            idempotency_cache: IdempotencyCache::new(redis.clone()),
            locks: CompetitionLocks::new(lockable),
            events: Events::new(redis.clone()),
            jobs: &REGISTRY,
            mailer: settings.mailer,
            retention: settings.retention,
            public_organizer_email: settings.public_organizer_email,
            outbound: Outbound::new(
                settings.webhook_networks,
                settings.mode == Mode::Development,
                &settings.site_url,
            ),
            assets: Assets::new(settings.media),
            social_pictures: SocialPictures::default(),
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

    /// Reads the clock of the database now. Call it before a decision that a clock which was set
    /// meanwhile would make wrong.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read_clock(&self) -> Result<()> {
        match &self.database_clock {
            Some(clock) => clock.read(&self.db).await,
            None => Ok(()),
        }
    }

    /// Whether the mode is [`Mode::Development`].
    pub fn is_development(&self) -> bool {
        self.mode == Mode::Development
    }

    /// Whether requests are rate limited.
    pub fn has_rate_limits(&self) -> bool {
        self.rate_limits
    }

    /// Whether this installation sends mail to the users' addresses.
    pub fn sends_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// The absolute address of a page, for mail and for links to share.
    pub fn page(&self, path: &str) -> String {
        format!("{}{path}", self.site_url)
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Where pictures are stored.
    pub fn media(&self) -> &MediaStore {
        self.assets.store()
    }

    /// Redis, in the distributed mode.
    pub fn redis(&self) -> Option<&Arc<Redis>> {
        self.redis.as_ref()
    }

    /// Subscribes to the events of other processes in Redis, so that they count in
    /// [`event_count`](Self::event_count).
    pub fn subscribe_to_events(&self) {
        self.events.subscribe();
    }

    /// The number of events of a competition, or of all, that this process has published or
    /// received. While it stays the same, this process has not changed it, or none. A change by
    /// another process counts once its event arrives; without Redis, it never does.
    pub fn event_count(&self, competition: Option<CompetitionId>) -> u64 {
        self.events.count(competition)
    }

    /// A signal that fires for each commit of new jobs by this process from now on.
    pub fn subscribe_to_jobs(&self) -> JobSignal {
        JobSignal(self.new_jobs.subscribe())
    }

    /// Wakes the workers of this process, which then look for due jobs in the database. Call it
    /// after a commit that makes jobs due.
    pub(crate) fn wake_local_workers(&self) {
        self.new_jobs.send_replace(());
    }
}
