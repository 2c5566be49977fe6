//! The installation of a case.

use std::{sync::Arc, time::Duration};

use domain::CompetitionId;
use server::Tokens;
use service::{
    Actor,
    testing::{self, World},
};

use super::{Participants, Postgres, Redis, Variables, variables::SECRET, wait_until};

/// Longer than a lease and the sweep after it, and than the delay before a job that Redis has lost
/// is enqueued again.
const JOBS_TIMEOUT: Duration = Duration::from_secs(150);

/// A PostgreSQL, a Redis, and an organizer.
pub(crate) struct Site {
    pub(crate) world: Arc<World>,
    pub(crate) organizer: Actor,
    tokens: Tokens,
    pub(crate) redis: Redis,
    pub(crate) postgres: Postgres,
}

impl Site {
    pub(crate) async fn open() -> Self {
        let (postgres, redis) = tokio::join!(Postgres::start(), Redis::start());
        let world = Arc::new(World::at(&postgres.url()).await);
        let organizer = world.organizer("Ada").await;
        Self { world, organizer, tokens: Tokens::new(SECRET), redis, postgres }
    }

    /// The environment of a process of this installation.
    pub(crate) fn variables(&self) -> Variables {
        Variables::new(self.postgres.url(), self.redis.url())
    }

    /// Creates participants.
    pub(crate) async fn new_participants(&self, size: usize) -> Participants {
        self.participants(&self.world.participants_in_bulk(size).await)
    }

    /// Existing participants.
    pub(crate) fn participants(&self, participants: &[Actor]) -> Participants {
        let members = participants.iter().map(|participant| {
            let user = participant.user().expect("a user");
            (user.id, self.token(participant))
        });
        Participants::new(&self.world, &self.organizer, members.collect())
    }

    /// A token for the actor.
    pub(crate) fn token(&self, actor: &Actor) -> String {
        self.tokens.issue(&testing::account(actor), self.world.ctx.now())
    }

    pub(crate) async fn competition(&self, seats: usize) -> CompetitionId {
        let seats = i64::try_from(seats).expect("a number of seats");
        self.world.competition(&self.organizer).seats(seats).create().await
    }

    /// A competition in which so many may wait for a seat.
    pub(crate) async fn competition_with_waiting_list(
        &self,
        seats: usize,
        waitlist: u32,
    ) -> CompetitionId {
        let seats = i64::try_from(seats).expect("a number of seats");
        let new = self.world.competition(&self.organizer).seats(seats);
        new.waitlist(waitlist).create().await
    }

    /// Switches to another PostgreSQL with the same data. Returns the previous one.
    pub(crate) async fn move_to(&mut self, postgres: Postgres) -> Postgres {
        self.world = Arc::new(World::at(&postgres.url()).await);
        std::mem::replace(&mut self.postgres, postgres)
    }

    /// Returns once every job is completed or dead.
    pub(crate) async fn wait_for_jobs(&self) {
        let is_idle = async || self.world.open_jobs().await == 0;
        wait_until("every job is done or dead", JOBS_TIMEOUT, is_idle).await;
    }
}
