//! What every use case needs.

use std::{ops::Deref, sync::Arc};

use domain::Timestamp;
use tokio::sync::Notify;

use crate::{
    Clock, Db, SystemClock, idempotency::InFlight, password::PasswordHasher, registration::Lanes,
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
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What the installation is for.
    pub mode: Mode,
    /// Binary logarithm of bcrypt's rounds, 4 to 31.
    pub bcrypt_cost: u32,
}

/// What every use case needs: the database, the clock, and what requests of this process share. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Context(Arc<Shared>);

/// What all clones of a [`Context`] share.
#[derive(Debug)]
pub struct Shared {
    pub(crate) db: Db,
    pub(crate) mode: Mode,
    pub(crate) passwords: PasswordHasher,
    pub(crate) lanes: Lanes,
    pub(crate) in_flight: InFlight,
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
    /// A context on the machine's clock.
    pub fn new(db: Db, settings: Settings) -> Self {
        Self::with_clock(db, settings, Arc::new(SystemClock))
    }

    /// A context on a clock of the caller's.
    pub fn with_clock(db: Db, settings: Settings, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared {
            db,
            mode: settings.mode,
            passwords: PasswordHasher::new(settings.bcrypt_cost),
            lanes: Lanes::default(),
            in_flight: InFlight::default(),
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

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
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
