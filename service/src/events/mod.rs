//! Events: published in this process, and relayed by Redis to all processes.
//!
//! Losing an event is harmless: a watcher starts with the current state, each event has a whole
//! state, and a channel without events rereads the database.

mod changes;
mod seats;

use std::sync::{Arc, OnceLock};

use domain::{CompetitionId, SeatsChanged};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::{task::AbortHandle, time};

pub use self::seats::SeatsWatch;
use self::{changes::ChangeCounts, seats::SeatChannels};
use crate::{
    entity::competition,
    infrastructure::{
        combiner::{BatchLimits, Combiner},
        ids::new_token,
        redis::Redis,
    },
};

/// Coalesces concurrent reads of seats.
pub(crate) type SeatReads = Combiner<(), CompetitionId, Option<SeatsChanged>>;

/// The pause before a lost subscription is renewed.
const PAUSE: time::Duration = time::Duration::from_secs(1);

/// A change that was committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The registrations of a competition have changed, or it was edited or cancelled.
    SeatsChanged(SeatsChanged),
    /// A competition was created.
    CompetitionCreated(CompetitionId),
}

/// Events as they are relayed: those of a transaction together.
#[derive(Serialize, Deserialize)]
struct Message {
    /// The process that published them, which ignores the message.
    origin: String,
    events: Vec<Event>,
}

/// Publishes events and manages their subscribers.
#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) reads: SeatReads,
    seats: SeatChannels,
    changes: Arc<ChangeCounts>,
    redis: Option<Arc<Redis>>,
    origin: Arc<str>,
    subscription: OnceLock<AbortHandle>,
}

impl Event {
    /// The seats of a competition, as they are committed with this `version`.
    pub(crate) fn seats_of(competition: &competition::Model, version: i32) -> Self {
        Self::SeatsChanged(competition.seats_at(version))
    }

    fn competition(&self) -> CompetitionId {
        match self {
            Self::SeatsChanged(seats) => seats.competition_id,
            Self::CompetitionCreated(id) => *id,
        }
    }
}

impl Events {
    pub(crate) fn new(redis: Option<Arc<Redis>>) -> Self {
        Self {
            reads: SeatReads::new(BatchLimits::READS),
            seats: SeatChannels::default(),
            changes: Arc::default(),
            redis,
            origin: new_token().into(),
            subscription: OnceLock::new(),
        }
    }

    /// The number of events of a competition, or of all, that this process has published or
    /// received. While it is the same, this process has changed nothing.
    pub(crate) fn count(&self, competition: Option<CompetitionId>) -> u64 {
        self.changes.of(competition)
    }

    /// Watches the seats of a competition, which `reread` reads from the database.
    pub(crate) fn watch<F, Fut>(&self, id: CompetitionId, reread: F) -> SeatsWatch
    where
        F: Fn() -> Fut + Send + 'static,
        Fut: Future<Output = Option<SeatsChanged>> + Send + 'static,
    {
        self.subscribe();
        self.seats.join(id, reread)
    }

    /// Subscribes to the events of other processes. A process that only publishes need not.
    pub(crate) fn subscribe(&self) {
        if let Some(redis) = &self.redis {
            self.subscription.get_or_init(|| {
                let relay = Relay {
                    redis: Arc::clone(redis),
                    seats: self.seats.clone(),
                    changes: Arc::clone(&self.changes),
                    origin: Arc::clone(&self.origin),
                };
                tokio::spawn(relay.run()).abort_handle()
            });
        }
    }

    /// Publishes changes that were committed together, in the background. The cost does not depend
    /// on the number of watchers.
    pub(crate) fn publish(&self, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        if let Some(redis) = &self.redis {
            let (redis, origin) = (Arc::clone(redis), self.origin.to_string());
            let message = Message { origin, events: events.clone() };
            tokio::spawn(async move {
                if let Ok(text) = serde_json::to_string(&message) {
                    redis.query::<i64>(redis::cmd("PUBLISH").arg(channel(&redis)).arg(text)).await;
                }
            });
        }
        receive(&self.changes, &self.seats, events);
    }
}

/// Counts changes, and offers them to those who watch them.
fn receive(changes: &ChangeCounts, seats: &SeatChannels, events: Vec<Event>) {
    for event in events {
        changes.increment(event.competition());
        seats.receive(event);
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        if let Some(subscription) = self.subscription.get() {
            subscription.abort();
        }
    }
}

/// Receives the events of other processes.
struct Relay {
    redis: Arc<Redis>,
    seats: SeatChannels,
    changes: Arc<ChangeCounts>,
    origin: Arc<str>,
}

impl Relay {
    /// Runs until its task is aborted.
    async fn run(self) {
        loop {
            self.listen().await;
            time::sleep(PAUSE).await;
        }
    }

    /// Receives events until the connection is lost.
    async fn listen(&self) {
        let Some(mut listener) = self.redis.listener().await else { return };
        if listener.subscribe(channel(&self.redis)).await.is_err() {
            return;
        }
        // Events before this moment may have been missed.
        self.changes.increment_all();
        self.seats.reread();
        let mut messages = listener.on_message();
        while let Some(message) = messages.next().await {
            let message = serde_json::from_slice::<Message>(message.get_payload_bytes());
            if let Ok(Message { origin, events }) = message
                && *origin != *self.origin
            {
                receive(&self.changes, &self.seats, events);
            }
        }
    }
}

fn channel(redis: &Redis) -> String {
    redis.key("events")
}
