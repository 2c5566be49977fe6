//! Events: published in this process, and relayed between all processes that share a Redis.
//!
//! A lost event does no harm: a watcher starts with the current state, each event holds a whole
//! state, and a channel that hears nothing for a while asks the database.

mod seats;

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

use domain::{CompetitionId, SeatsChanged};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::{task::AbortHandle, time};

use self::seats::SeatChannels;
pub use self::seats::SeatsWatch;
use crate::{
    combiner::{BatchLimits, Combiner},
    entity::competition,
    ids::new_token,
    redis::Redis,
};

/// Coalesces concurrent reads of seats.
pub(crate) type SeatReads = Combiner<(), CompetitionId, Option<SeatsChanged>>;

/// The pause before a subscription that ended is renewed.
const PAUSE: time::Duration = time::Duration::from_secs(1);

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Seats of a competition were taken or freed, or the competition was edited or cancelled.
    SeatsChanged(SeatsChanged),
    /// There is a new competition.
    CompetitionCreated(CompetitionId),
}

/// An event on its way between processes.
#[derive(Serialize, Deserialize)]
struct Message {
    /// The process it comes from, which has heard of it already.
    origin: String,
    event: Event,
}

/// Publishes events and lets others watch.
#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) reads: SeatReads,
    seats: SeatChannels,
    /// How many events there were, as far as this process knows.
    count: Arc<AtomicU64>,
    elsewhere: Option<Arc<Redis>>,
    origin: Arc<str>,
    subscription: OnceLock<AbortHandle>,
}

impl Event {
    /// The seats of a competition as they are written with this `version`.
    pub(crate) fn seats_of(competition: &competition::Model, version: i32) -> Self {
        Self::SeatsChanged(competition.seats_at(version))
    }
}

impl Events {
    pub(crate) fn new(redis: Option<Arc<Redis>>) -> Self {
        Self {
            reads: SeatReads::new(BatchLimits::READS),
            seats: SeatChannels::default(),
            count: Arc::default(),
            elsewhere: redis,
            origin: new_token().into(),
            subscription: OnceLock::new(),
        }
    }

    /// Grows with every event. While it stays the same, what this process has changed stays the same.
    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    /// Watches the seats of a competition. `reread` reads them from the database.
    pub(crate) fn watch<F, Fut>(&self, id: CompetitionId, reread: F) -> SeatsWatch
    where
        F: Fn() -> Fut + Send + 'static,
        Fut: Future<Output = Option<SeatsChanged>> + Send + 'static,
    {
        self.subscribe();
        self.seats.join(id, reread)
    }

    /// From now on events of other processes count in this one. A process that only publishes does
    /// without.
    pub(crate) fn subscribe(&self) {
        if let Some(redis) = &self.elsewhere {
            self.subscription.get_or_init(|| {
                let relay = Relay {
                    redis: Arc::clone(redis),
                    seats: self.seats.clone(),
                    count: Arc::clone(&self.count),
                    origin: Arc::clone(&self.origin),
                };
                tokio::spawn(relay.run()).abort_handle()
            });
        }
    }

    /// Publishes what was committed. Waits for nothing, and costs the same however many watch.
    pub(crate) fn publish(&self, event: Event) {
        if let Some(redis) = &self.elsewhere {
            let (redis, origin) = (Arc::clone(redis), self.origin.to_string());
            let message = Message { origin, event: event.clone() };
            tokio::spawn(async move {
                if let Ok(text) = serde_json::to_string(&message) {
                    redis.query::<i64>(redis::cmd("PUBLISH").arg(channel(&redis)).arg(text)).await;
                }
            });
        }
        self.count.fetch_add(1, Ordering::SeqCst);
        self.seats.take(event);
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        if let Some(subscription) = self.subscription.get() {
            subscription.abort();
        }
    }
}

/// Passes on what other processes publish.
struct Relay {
    redis: Arc<Redis>,
    seats: SeatChannels,
    count: Arc<AtomicU64>,
    origin: Arc<str>,
}

impl Relay {
    /// For as long as this process lives.
    async fn run(self) {
        loop {
            self.listen().await;
            time::sleep(PAUSE).await;
        }
    }

    /// Until the connection is lost.
    async fn listen(&self) {
        let Some(mut listener) = self.redis.listener().await else { return };
        if listener.subscribe(channel(&self.redis)).await.is_err() {
            return;
        }
        // What was published before this moment has not been heard.
        self.count.fetch_add(1, Ordering::SeqCst);
        self.seats.reread();
        let mut messages = listener.on_message();
        while let Some(message) = messages.next().await {
            let message = serde_json::from_slice::<Message>(message.get_payload_bytes());
            if let Ok(Message { origin, event }) = message
                && *origin != *self.origin
            {
                self.count.fetch_add(1, Ordering::SeqCst);
                self.seats.take(event);
            }
        }
    }
}

fn channel(redis: &Redis) -> String {
    redis.key("events")
}
