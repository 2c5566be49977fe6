//! Test support, in the words of the product: `world.organizer("Ada")`,
//! `world.competition(&ada).seats(2)`.
//!
//! Every [`World`] has a database of its own, so that tests run in parallel: a fresh SQLite file,
//! or, with
//! `TEST_DATABASE_URL` set, a clone of a migrated PostgreSQL template. With `TEST_REDIS_URL` set it
//! has Redis too, under a key prefix of its own.

mod audit;
mod clock;
mod competition_builder;
mod database;
mod empty_database;
mod jobs;
mod lists;
mod mails;
mod obstacle;
mod participants;
mod pictures;
mod processes;
mod redis;
mod registrations;
mod sessions;
mod stored_text;
mod tally;

use std::{
    path::Path,
    sync::{Arc, LazyLock},
};

use domain::{
    CompetitionId, Email, Password, PersonName, RegistrationStatus, Role, RosterFilter,
    RosterQuery, Signup,
};

use self::redis::TestRedis;
pub use audit::{Audited, JobRow};
pub use clock::TestClock;
pub use competition_builder::CompetitionBuilder;
use database::TestDatabase;
pub use empty_database::EmptyDatabase;
pub use jobs::run_pending_jobs;
pub use lists::Lists;
pub use obstacle::Hold;
pub use pictures::picture;
pub use sessions::{CookieChange, RequestSession, StoredSession};
pub use tally::{Queue, Tally};

use crate::{
    Actor, Clock, Context, LoginLimits, MediaStore, Mode, Settings, SystemClock,
    accounts::{self, Account, CredentialsVersion},
    housekeeping::Retention,
    registration,
};

/// The time at which every [`World`] begins.
pub const BEGINNING: &str = "2026-11-23T12:00:00.000Z";
/// The password of all users in a [`World`].
pub const PASSWORD: &str = "correct horse";

/// The pictures of all worlds, which have ids of their own.
static MEDIA: LazyLock<MediaStore> = LazyLock::new(MediaStore::in_memory);

/// The lowest cost of bcrypt and no rate limits, so that tests are fast.
fn settings() -> Settings {
    let site_url = "https://site.example".to_owned();
    Settings {
        mode: Mode::Development,
        bcrypt_cost: 4,
        rate_limits: false,
        login_limits: LoginLimits::default(),
        site_url,
        mailer: None,
        retention: Retention::default(),
        public_organizer_email: true,
        webhook_networks: vec!["127.0.0.1/32".parse().expect("a network")],
        media: MEDIA.clone(),
    }
}

/// A database, a clock, and the use cases on top.
#[derive(Debug)]
pub struct World {
    /// The argument of every use case.
    pub ctx: Context,
    /// Stands still until [`TestClock::advance`].
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

    /// A world for a test that writes often: its SQLite file is in memory, where the system has a
    /// folder for that.
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

    /// A world on the database at `url`, whose schema is brought up to date. Its clock begins with
    /// the machine's time, because other processes use the database. It has no Redis.
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

    /// The URL of the database.
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// The environment variables with which another process uses the same Redis.
    pub fn redis_variables(&self) -> Vec<(&'static str, String)> {
        self.redis.variables()
    }

    /// A new organizer. The address of Ada Lovelace is `ada.lovelace@example.com`.
    pub async fn organizer(&self, name: &str) -> Actor {
        self.user(name, Role::Organizer).await
    }

    /// A new participant.
    pub async fn participant(&self, name: &str) -> Actor {
        self.user(name, Role::Participant).await
    }

    /// Signs up `size` participants, called Guest 1, Guest 2 and so on.
    pub async fn participants(&self, size: usize) -> Vec<Actor> {
        let mut participants = Vec::with_capacity(size);
        for number in 1..=size {
            participants.push(self.participant(&format!("Guest {number}")).await);
        }
        participants
    }

    /// A new administrator.
    pub async fn admin(&self, name: &str) -> Actor {
        self.user(name, Role::Admin).await
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
        accounts::add_user(&self.ctx, signup).await.expect("a new account").into()
    }
}

/// The account of a user who has never changed the password.
///
/// # Panics
/// For an actor who is not logged in.
pub fn account(actor: &Actor) -> Account {
    let user = actor.user().expect("a user who is logged in").clone();
    Account { user, credentials: CredentialsVersion::FIRST }
}

async fn context(database: &TestDatabase, redis: &TestRedis, clock: Arc<TestClock>) -> Context {
    // The HTTP client of the tests needs it.
    crate::install_crypto_provider();
    Context::with_clock(database.connect().await, redis.connect(), settings(), clock)
}
