//! What happens right now, for whoever looks on: over all processes that share a Redis, else in this one.
//!
//! An event that is lost does no harm: whoever listens asks for the state first, and the next event tells it anew.

use std::sync::{Arc, OnceLock};

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
    /// Seats of a competition were taken or freed, or their number was changed.
    SeatsChanged(SeatsChanged),
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
        })
    }
}

impl Events {
    pub(crate) fn new(redis: Option<Arc<Redis>>) -> Self {
        Self {
            here: broadcast::channel(CAPACITY).0,
            elsewhere: redis,
            origin: new_token().into(),
            subscription: OnceLock::new(),
        }
    }

    /// Everything from now on.
    pub(crate) fn subscribe(&self) -> Receiver<Event> {
        let receiver = self.here.subscribe();
        if let Some(redis) = &self.elsewhere {
            // Who publishes only need not listen to others.
            self.subscription.get_or_init(|| {
                let relay = relay(Arc::clone(redis), self.here.clone(), Arc::clone(&self.origin));
                tokio::spawn(relay).abort_handle()
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

/// Passes on what other processes tell, for as long as this one lives.
async fn relay(redis: Arc<Redis>, here: Sender<Event>, origin: Arc<str>) {
    loop {
        if let Some(mut listener) = redis.listener().await
            && listener.subscribe(channel(&redis)).await.is_ok()
        {
            let mut messages = listener.on_message();
            while let Some(message) = messages.next().await {
                let message = serde_json::from_slice::<Message>(message.get_payload_bytes());
                if let Ok(Message { origin: theirs, event }) = message
                    && *theirs != *origin
                {
                    let _ = here.send(event);
                }
            }
        }
        time::sleep(PAUSE).await;
    }
}

fn channel(redis: &Redis) -> String {
    redis.key("events")
}
