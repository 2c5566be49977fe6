//! The seats of a competition as they change, while its page is visible.
//!
//! The states come as a stream of events. A stream that fails or brings nothing is closed, the
//! state is polled, and the stream is tried again: after a second at first, and at most every half
//! a minute. So a proxy that collects streams is polled through, and a server that restarts is not
//! overrun. A hidden page has no stream: browsers open six connections to a host over HTTP/1.1, for
//! all tabs together.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

use domain::CompetitionId;
use leptos::{
    leptos_dom::helpers::TimeoutHandle,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, closure::Closure},
};
use wasm_bindgen_futures::JsFuture;
use web_sys::{EventSource, MessageEvent, Response};

use crate::components::back_off;

/// The first event is sent at once. Where none has come by then, something on the way collects the
/// stream.
const FIRST_EVENT: Duration = Duration::from_secs(5);
/// Each stream ends by itself before so long has passed; one that has not lost its connection
/// without a word.
const STALE: Duration = Duration::from_secs(420);
/// What tells a page that it is shown or hidden, or connected again.
const OCCASIONS: [&str; 4] = ["visibilitychange", "pagehide", "pageshow", "online"];

/// The seats at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SeatState {
    /// Seats that nobody holds.
    pub(super) left: u32,
    /// Seats in all.
    pub(super) capacity: u32,
    /// Whether the competition was cancelled.
    pub(super) cancelled: bool,
    /// The higher, the newer.
    pub(super) sequence: u32,
}

impl SeatState {
    /// Reads what the server writes, be it an event or the answer to a poll. A parser of JSON would
    /// be larger than all the rest of this. A server of an older version writes no sequence: its
    /// state counts as the newest.
    fn read(text: &str) -> Option<Self> {
        Some(Self {
            left: number(text, "\"seatsLeft\":")?,
            capacity: number(text, "\"capacity\":")?,
            cancelled: text.contains("\"cancelled\":true"),
            sequence: number(text, "\"sequence\":").unwrap_or(u32::MAX),
        })
    }
}

/// The number behind `name`.
fn number(text: &str, name: &str) -> Option<u32> {
    let (_, rest) = text.split_once(name)?;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    rest[..end].parse().ok()
}

/// Calls `on_change` with each state that is newer than the one before it; the first is newer than
/// `known`.
pub(super) fn watch(
    id: CompetitionId,
    known: u32,
    on_change: impl Fn(SeatState) + Clone + 'static,
) {
    Effect::new(move || {
        let live = Live::new(id, known, Box::new(on_change.clone()));
        live.connect();
        let listeners = OCCASIONS.map(|name| {
            let live = Rc::clone(&live);
            window_event_listener_untyped(name, move |event| live.heed(&event.type_()))
        });
        let live = StoredValue::new_local(live);
        on_cleanup(move || {
            for listener in listeners {
                listener.remove();
            }
            live.try_with_value(|live| live.close());
        });
    });
}

/// One watched competition.
struct Live {
    /// Where the API has the competition.
    url: String,
    on_change: Box<dyn Fn(SeatState)>,
    /// The sequence of the newest state.
    newest: Cell<u32>,
    /// How often the stream has failed since the last event.
    tries: Cell<u32>,
    source: RefCell<Option<EventSource>>,
    timer: Cell<Option<TimeoutHandle>>,
    on_event: Closure<dyn Fn(MessageEvent)>,
    on_error: Closure<dyn Fn()>,
    this: Weak<Self>,
}

impl Live {
    fn new(id: CompetitionId, known: u32, on_change: Box<dyn Fn(SeatState)>) -> Rc<Self> {
        Rc::new_cyclic(|this: &Weak<Self>| {
            let (heard, failed) = (this.clone(), this.clone());
            Self {
                url: format!("/api/competitions/{id}"),
                on_change,
                newest: Cell::new(known),
                tries: Cell::new(0),
                source: RefCell::default(),
                timer: Cell::new(None),
                on_event: Closure::new(move |event: MessageEvent| {
                    if let (Some(live), Some(text)) = (heard.upgrade(), event.data().as_string()) {
                        live.tries.set(0);
                        live.later(STALE, Self::connect);
                        live.show(&text);
                    }
                }),
                on_error: Closure::new(move || {
                    if let Some(live) = failed.upgrade() {
                        live.try_again();
                    }
                }),
                this: this.clone(),
            }
        })
    }

    /// Opens a stream in place of the one there was, unless the page is hidden.
    fn connect(&self) {
        self.close();
        if document().hidden() {
            return;
        }
        // A browser that opens no stream polls.
        self.later(FIRST_EVENT, Self::try_again);
        let Ok(source) = EventSource::new(&format!("{}/events", self.url)) else { return };
        let on_event = self.on_event.as_ref().unchecked_ref();
        // Only an object that is no event target refuses a listener.
        let _ = source.add_event_listener_with_callback("seats", on_event);
        source.set_onerror(Some(self.on_error.as_ref().unchecked_ref()));
        self.source.replace(Some(source));
    }

    fn close(&self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
        if let Some(source) = self.source.take() {
            source.close();
        }
    }

    /// The stream has failed, or nothing comes through. Browsers themselves give up for good after
    /// an answer other than 200.
    fn try_again(&self) {
        self.close();
        self.poll();
        let tries = self.tries.get();
        self.tries.set(tries + 1);
        self.later(back_off(tries), Self::connect);
    }

    fn poll(&self) {
        let (live, url) = (self.this.clone(), format!("{}/seats", self.url));
        spawn_local(async move {
            let text = async {
                let response = JsFuture::from(window().fetch_with_str(&url)).await.ok()?;
                let text = response.unchecked_into::<Response>().text().ok()?;
                JsFuture::from(text).await.ok()?.as_string()
            };
            // What is no state, or comes after the page was left, shows nothing.
            if let (Some(text), Some(live)) = (text.await, live.upgrade()) {
                live.show(&text);
            }
        });
    }

    /// Shows a state, unless one that is as new has been shown: what was asked for first may come
    /// last.
    fn show(&self, text: &str) {
        let Some(state) = SeatState::read(text) else { return };
        if state.sequence > self.newest.get() {
            // A state without a sequence is no reason to refuse the next.
            if state.sequence < u32::MAX {
                self.newest.set(state.sequence);
            }
            (self.on_change)(state);
        }
    }

    /// Calls `then` later, and nothing else that was to be called.
    fn later(&self, pause: Duration, then: fn(&Self)) {
        let live = self.this.clone();
        let call = move || {
            if let Some(live) = live.upgrade() {
                then(&live);
            }
        };
        // Without a timer the stream is not tried again.
        let timer = set_timeout_with_handle(call, pause).ok();
        if let Some(before) = self.timer.replace(timer) {
            before.clear();
        }
    }

    /// The page is shown or hidden, or connected again.
    fn heed(&self, occasion: &str) {
        let is_connected = self.source.borrow().is_some() && occasion != "online";
        if document().hidden() || occasion == "pagehide" {
            self.close();
        } else if !is_connected {
            self.tries.set(0);
            self.connect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::SeatsChanged;

    #[test]
    fn a_state_is_read_as_the_server_writes_it() {
        let mut event = SeatsChanged {
            competition_id: CompetitionId("01939c2e-7b5a-7000-8000-000000000001".parse().unwrap()),
            capacity: 40,
            seats_left: 0,
            cancelled: false,
            sequence: 7,
        };
        let read = |event: &SeatsChanged| SeatState::read(&serde_json::to_string(event).unwrap());
        let state = SeatState { left: 0, capacity: 40, cancelled: false, sequence: 7 };
        assert_eq!(read(&event), Some(state));
        event.cancelled = true;
        assert_eq!(read(&event), Some(SeatState { cancelled: true, ..state }));
        assert_eq!(SeatState::read("{\"status\":503}"), None);
    }

    #[test]
    fn a_state_of_an_older_server_counts_as_the_newest() {
        let text = "{\"capacity\":3,\"seatsLeft\":2,\"cancelled\":false}";
        let state = SeatState { left: 2, capacity: 3, cancelled: false, sequence: u32::MAX };
        assert_eq!(SeatState::read(text), Some(state));
    }
}
