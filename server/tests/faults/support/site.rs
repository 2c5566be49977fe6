//! An installation of the case's own.

use std::{sync::Arc, time::Duration};

use domain::CompetitionId;
use server::Tokens;
use service::{
    Actor,
    testing::{self, World},
};

use super::{Crowd, Postgres, Redis, Variables, until, variables::SECRET};

/// Longer than a lease and the sweep after it, and than the time after which a job that Redis has lost is pushed again.
const PATIENCE: Duration = Duration::from_secs(150);

/// A PostgreSQL, a Redis, and one who runs competitions.
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

    /// What a process is started with to be one of this site.
    pub(crate) fn variables(&self) -> Variables {
        Variables::new(self.postgres.url(), self.redis.url())
    }

    /// So many new participants.
    pub(crate) async fn crowd_of(&self, size: usize) -> Crowd {
        self.crowd(&self.world.crowd_of(size).await)
    }

    /// These participants.
    pub(crate) fn crowd(&self, participants: &[Actor]) -> Crowd {
        let members = participants.iter().map(|participant| {
            let user = participant.user().expect("somebody who is signed in");
            (user.id, self.token(participant))
        });
        Crowd::new(&self.world, &self.organizer, members.collect())
    }

    /// A token of the actor's.
    pub(crate) fn token(&self, actor: &Actor) -> String {
        self.tokens.issue(&testing::account(actor), self.world.ctx.now())
    }

    pub(crate) async fn competition(&self, seats: usize) -> CompetitionId {
        let seats = i64::try_from(seats).expect("a number of seats");
        self.world.competition(&self.organizer).seats(seats).create().await
    }

    /// From now on the site is on another PostgreSQL, which has all that the one had; answers with
    /// that.
    pub(crate) async fn move_to(&mut self, postgres: Postgres) -> Postgres {
        self.world = Arc::new(World::at(&postgres.url()).await);
        std::mem::replace(&mut self.postgres, postgres)
    }

    /// Returns when no job is left to do.
    pub(crate) async fn wait_for_jobs(&self) {
        let is_idle = async || self.world.open_jobs().await == 0;
        until("every job is done or dead", PATIENCE, is_idle).await;
    }
}
