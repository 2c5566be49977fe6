//! What tests need, in the words of the product: `world.organizer("Ada")`, `world.competition(&ada).seats(2)`.
//!
//! Every [`World`] has a database of its own, so that tests run in parallel: a fresh SQLite file, or, with
//! `TEST_DATABASE_URL` set, a clone of a migrated PostgreSQL template. With `TEST_REDIS_URL` set it has Redis too,
//! under a key prefix of its own.

mod audit;
mod clock;
mod crowd;
mod database;
mod jobs;
mod lists;
mod mails;
mod obstacle;
mod redis;
mod registrations;
mod sessions;
mod tally;

use std::{path::Path, sync::Arc, time::Duration};

use chrono::TimeDelta;
use domain::{
    CompetitionId, CompetitionInput, Email, Password, PersonName, RegistrationStatus, Role,
    RosterFilter, RosterQuery, Signup, Timestamp,
};

use sea_orm::DatabaseConnection;

use self::redis::TestRedis;
pub use audit::{Audited, JobRow};
pub use clock::TestClock;
use database::TestDatabase;
pub use jobs::run_pending_jobs;
pub use lists::Lists;
pub use obstacle::Hold;
pub use sessions::{CookieChange, RequestSession, StoredSession};
pub use tally::{Queue, Tally};

use crate::{
    Actor, Clock, Context, Db, LoginLimits, Mailer, Mode, Redis, Result, Settings, SystemClock,
    accounts::{self, Account, CredentialsVersion},
    competitions, registration,
};

/// The time at which every [`World`] begins.
pub const BEGINNING: &str = "2026-11-23T12:00:00.000Z";
/// The password of everybody in a [`World`].
pub const PASSWORD: &str = "correct horse";

/// The lowest cost there is: tests are about anything but how slow bcrypt can be, or how often one may try.
fn settings() -> Settings {
    let site_url = "https://site.example".to_owned();
    Settings {
        mode: Mode::Development,
        bcrypt_cost: 4,
        rate_limits: false,
        login_limits: LoginLimits::default(),
        site_url,
        mailer: None,
    }
}

/// A database, a clock, and the use cases on top.
#[derive(Debug)]
pub struct World {
    /// What every use case needs.
    pub ctx: Context,
    /// Stands still until it is told to go on.
    pub clock: Arc<TestClock>,
    database: TestDatabase,
    redis: TestRedis,
}

impl World {
    /// An empty world.
    ///
    /// # Panics
    /// When no database can be made.
    pub async fn new() -> Self {
        Self::in_folder(&std::env::temp_dir()).await
    }

    /// A world for a test that writes so often that it would mostly wait for the disk: a SQLite file lies in memory,
    /// where the system has a folder for that.
    ///
    /// # Panics
    /// When no database can be made.
    pub async fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::in_folder(memory).await } else { Self::new().await }
    }

    async fn in_folder(folder: &Path) -> Self {
        let database = TestDatabase::create(folder).await;
        let clock = Arc::new(TestClock::new(BEGINNING.parse().expect("a timestamp")));
        let redis = TestRedis::new();
        let ctx = context(&database, &redis, Arc::clone(&clock)).await;
        Self { ctx, clock, database, redis }
    }

    /// A world on a database of the caller's, whose schema is brought up to date. Its clock begins with the
    /// machine's time: other processes will be there. It has no Redis.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn at(url: &str) -> Self {
        let database = TestDatabase::at(url).await;
        let clock = Arc::new(TestClock::new(SystemClock.now()));
        let redis = TestRedis::none();
        let ctx = context(&database, &redis, Arc::clone(&clock)).await;
        Self { ctx, clock, database, redis }
    }

    /// Another process on the same database: nothing is shared but that.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn second_process(&self) -> Context {
        context(&self.database, &self.redis, Arc::clone(&self.clock)).await
    }

    /// A process that takes its time from the database, on a machine with a clock of its own.
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
        let db = self.database.connect().await.read_committed();
        Context::with_clock(db, None, settings(), clock)
    }

    /// A process that does everything over a single connection.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn narrow_process(&self) -> Context {
        self.process_with(1).await
    }

    /// A process that has so many connections to the database.
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

    /// A process for real users on the same database.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn production(&self) -> Context {
        let settings = Settings { mode: Mode::Production, ..settings() };
        let clock = Arc::clone(&self.clock);
        let db = self.database.connect().await;
        Context::with_clock(db, self.redis.connect(), settings, clock)
    }

    /// A process with limits on how often a client may ask, and how often a login may fail.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn limiting(&self) -> Context {
        self.limiting_logins(LoginLimits::default()).await
    }

    /// The same, with these limits on how often a login may fail.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn limiting_logins(&self, login_limits: LoginLimits) -> Context {
        let settings = Settings { rate_limits: true, login_limits, ..settings() };
        let clock = Arc::clone(&self.clock);
        let db = self.database.connect().await;
        Context::with_clock(db, self.redis.connect(), settings, clock)
    }

    /// A process that sends mail, through the SMTP server at `url`.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn process_with_mail(&self, url: &str) -> Context {
        self.process_with_mail_by(url, None).await
    }

    /// The same, where the server has its certificate from one of the authorities in `ca`, in PEM.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn process_with_mail_by(&self, url: &str, ca: Option<&str>) -> Context {
        let from = "Mini Compete <no-reply@site.example>";
        let mailer = Mailer::trusting(url, from, ca).expect("settings");
        let settings = Settings { mailer: Some(mailer), ..settings() };
        let clock = Arc::clone(&self.clock);
        Context::with_clock(self.database.connect().await, self.redis.connect(), settings, clock)
    }

    /// Where the database is.
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// What other processes need to know to use the same Redis: variables and their values.
    pub fn redis_variables(&self) -> Vec<(&'static str, String)> {
        self.redis.variables()
    }

    /// Somebody who runs competitions: `ada.lovelace@example.com` if called Ada Lovelace.
    pub async fn organizer(&self, name: &str) -> Actor {
        self.user(name, Role::Organizer).await
    }

    /// Somebody who takes part.
    pub async fn participant(&self, name: &str) -> Actor {
        self.user(name, Role::Participant).await
    }

    /// So many participants, called Guest 1, Guest 2 and so on.
    pub async fn crowd(&self, size: usize) -> Vec<Actor> {
        let mut crowd = Vec::with_capacity(size);
        for number in 1..=size {
            crowd.push(self.participant(&format!("Guest {number}")).await);
        }
        crowd
    }

    /// Somebody who runs the installation.
    pub async fn admin(&self, name: &str) -> Actor {
        self.user(name, Role::Admin).await
    }

    /// A competition of `organizer`'s: ten seats, closing in a day, starting in a week, unless said otherwise.
    pub fn competition<'a>(&'a self, organizer: &'a Actor) -> CompetitionBuilder<'a> {
        CompetitionBuilder {
            world: self,
            organizer,
            title: "Code Sprint".to_owned(),
            description: "Twenty-four hours of code.".to_owned(),
            seats: 10,
            deadline: TimeDelta::days(1),
            start: Some(TimeDelta::days(7)),
            opening: None,
            zone: None,
            tags: Vec::new(),
        }
    }

    /// The registrations for a competition, by status.
    ///
    /// # Panics
    /// When the organizer may not see them.
    pub async fn roster(&self, organizer: &Actor, id: CompetitionId) -> Vec<RegistrationStatus> {
        let filter: RosterFilter = RosterQuery::default().check().expect("a valid query");
        let page = registration::roster(&self.ctx, organizer, id, &filter).await;
        let entries = page.expect("a roster").items;
        entries.into_iter().map(|entry| entry.registration.status).collect()
    }

    async fn user(&self, name: &str, role: Role) -> Actor {
        let address = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
        let signup = Signup {
            name: PersonName::parse(name).expect("a name"),
            email: Email::parse(&address).expect("an address"),
            password: Password::parse(PASSWORD.to_owned()).expect("a password"),
            role,
        };
        accounts::sign_up(&self.ctx, signup).await.expect("a new account").into()
    }
}

/// The account of somebody who has never changed their password.
///
/// # Panics
/// For nobody in particular.
pub fn account(actor: &Actor) -> Account {
    let user = actor.user().expect("somebody who is signed in").clone();
    Account { user, credentials: CredentialsVersion::FIRST }
}

async fn context(database: &TestDatabase, redis: &TestRedis, clock: Arc<TestClock>) -> Context {
    Context::with_clock(database.connect().await, redis.connect(), settings(), clock)
}

/// A database without a schema.
#[derive(Debug)]
pub struct EmptyDatabase(TestDatabase);

impl EmptyDatabase {
    /// A new one.
    ///
    /// # Panics
    /// When none can be made.
    pub async fn create() -> Self {
        Self(TestDatabase::create_empty().await)
    }

    /// The pool of another process.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn connect(&self) -> Db {
        self.0.connect().await
    }

    /// The pool of a process that gives each statement so much time. SQLite knows no such limit.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn connect_with_limit(&self, limit: Duration) -> DatabaseConnection {
        self.0.connect_with_limit(limit).await
    }

    /// Migrates as far as a program did whose last migration had this name.
    ///
    /// # Panics
    /// When there is no such migration.
    pub async fn migrate_up_to(&self, name: &str) {
        self.0.migrate_up_to(name).await;
    }

    /// From now on transactions are serializable that say nothing else. SQLite knows no others.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn serialize_by_default(&self) {
        self.0.serialize_by_default().await;
    }

    /// Executes a statement and returns the number of rows that it changed.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn execute(&self, sql: &str) -> u64 {
        self.0.execute(sql).await
    }

    /// From now on a statement that changes more than `rows` mails is refused. SQLite has no trigger that could tell.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn refuse_large_updates_of_mailbox(&self, rows: u64) {
        self.0.refuse_large_updates_of_mailbox(rows).await;
    }

    /// From now on a statement that changes mail takes so long.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn slow_down_mailbox(&self, time: Duration) {
        self.0.slow_down_mailbox(time).await;
    }
}

/// A competition to be made.
#[derive(Debug)]
pub struct CompetitionBuilder<'a> {
    world: &'a World,
    organizer: &'a Actor,
    title: String,
    description: String,
    seats: i64,
    deadline: TimeDelta,
    start: Option<TimeDelta>,
    opening: Option<TimeDelta>,
    zone: Option<String>,
    tags: Vec<String>,
}

impl CompetitionBuilder<'_> {
    /// What it is called.
    pub fn titled(mut self, title: &str) -> Self {
        title.clone_into(&mut self.title);
        self
    }

    /// What it is about.
    pub fn about(mut self, description: &str) -> Self {
        description.clone_into(&mut self.description);
        self
    }

    /// How many seats it has.
    pub fn seats(mut self, seats: i64) -> Self {
        self.seats = seats;
        self
    }

    /// How long from now it takes registrations.
    pub fn closing_in(mut self, deadline: TimeDelta) -> Self {
        self.deadline = deadline;
        self
    }

    /// How long from now it starts.
    pub fn starting_in(mut self, start: impl Into<Option<TimeDelta>>) -> Self {
        self.start = start.into();
        self
    }

    /// How long from now one can register for it; at once, if this is not said.
    pub fn opening_in(mut self, opening: TimeDelta) -> Self {
        self.opening = Some(opening);
        self
    }

    /// In which time zone its people think.
    pub fn in_zone(mut self, zone: &str) -> Self {
        self.zone = Some(zone.to_owned());
        self
    }

    /// What it is tagged with.
    pub fn tagged(mut self, tags: &[&str]) -> Self {
        self.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        self
    }

    /// Makes it.
    ///
    /// # Panics
    /// When a rule forbids it.
    pub async fn create(self) -> CompetitionId {
        self.try_create().await.expect("a new competition")
    }

    /// Makes it, unless something fails.
    ///
    /// # Errors
    /// When a rule forbids it, or the database fails.
    pub async fn try_create(self) -> Result<CompetitionId> {
        let ctx = &self.world.ctx;
        let in_time = |delta| Timestamp::from(ctx.now().utc() + delta).to_string();
        let input = CompetitionInput {
            title: self.title.into(),
            description: self.description.into(),
            tags: self.tags.into(),
            capacity: self.seats.into(),
            reg_deadline: in_time(self.deadline).into(),
            start_date: self.start.map(in_time).map_or_else(Default::default, Into::into),
            reg_opens_at: self.opening.map(in_time).map_or_else(Default::default, Into::into),
            time_zone: self.zone.map_or_else(Default::default, Into::into),
            ..CompetitionInput::default()
        };
        let created = competitions::create(ctx, self.organizer, input, None).await?;
        Ok(created.view.competition.id)
    }
}
