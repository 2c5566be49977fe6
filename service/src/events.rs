//! What happens right now, for whoever looks on: over all processes that share a Redis, else in this one.
//!
//! An event that is lost does no harm: whoever listens asks for the state first, and the next event tells it anew.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

use domain::{CompetitionId, SeatsChanged};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::{
    sync::broadcast::{self, Receiver, Sender},
    task::AbortHandle,
    time,
};

use crate::{entity::competition, ids::new_token, redis::Redis};

/// Events that a slow listener may lag behind before it misses some.
const CAPACITY: usize = 1_024;
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

/// Tells events and lets others listen.
#[derive(Debug)]
pub(crate) struct Events {
    here: Sender<Event>,
    /// How many events there were, as far as this process knows.
    count: Arc<AtomicU64>,
    elsewhere: Option<Arc<Redis>>,
    origin: Arc<str>,
    subscription: OnceLock<AbortHandle>,
}

impl Event {
    pub(crate) fn seats_of(competition: &competition::Model) -> Self {
        let count = |column: i32| u32::try_from(column).unwrap_or_default();
        Self::SeatsChanged(SeatsChanged {
            competition_id: CompetitionId(competition.id),
            capacity: count(competition.capacity),
            seats_left: count(competition.capacity - competition.registered),
            cancelled: competition.cancelled_at.is_some(),
        })
    }
}

impl Events {
    pub(crate) fn new(redis: Option<Arc<Redis>>) -> Self {
        Self {
            here: broadcast::channel(CAPACITY).0,
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

    /// Everything from now on.
    pub(crate) fn subscribe(&self) -> Receiver<Event> {
        let receiver = self.here.subscribe();
        if let Some(redis) = &self.elsewhere {
            // Who publishes only need not listen to others.
            self.subscription.get_or_init(|| {
                let relay = Relay {
                    redis: Arc::clone(redis),
                    here: self.here.clone(),
                    count: Arc::clone(&self.count),
                    origin: Arc::clone(&self.origin),
                };
                tokio::spawn(relay.run()).abort_handle()
            });
        }
        receiver
    }

    /// Tells of something that was committed. Nobody waits for it.
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
        // Without a listener nobody misses it.
        let _ = self.here.send(event);
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        if let Some(subscription) = self.subscription.get() {
            subscription.abort();
        }
    }
}

/// Passes on what other processes tell.
struct Relay {
    redis: Arc<Redis>,
    here: Sender<Event>,
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
        let mut messages = listener.on_message();
        while let Some(message) = messages.next().await {
            let message = serde_json::from_slice::<Message>(message.get_payload_bytes());
            if let Ok(Message { origin, event }) = message
                && *origin != *self.origin
            {
                self.count.fetch_add(1, Ordering::SeqCst);
                let _ = self.here.send(event);
            }
        }
    }
}

fn channel(redis: &Redis) -> String {
    redis.key("events")
}
