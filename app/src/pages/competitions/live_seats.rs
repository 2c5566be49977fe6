//! Live updates of the seats of a competition, while its page is visible.
//!
//! The updates come as server-sent events. When the stream fails or brings no event, it is closed,
//! the state is polled once, and the stream is opened again: after 1 s to 2 s at first, with
//! exponential backoff up to 32 s. So polling replaces a stream that a proxy buffers, and a server
//! that restarts is not overloaded. A hidden page has no stream, because browsers open only six
//! connections to a host over HTTP/1.1, for all tabs together.

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

/// The server sends the first event at once. If none has arrived by then, a proxy buffers the
/// stream.
const FIRST_EVENT: Duration = Duration::from_secs(5);
/// The server ends each stream before this time. A stream that lasts longer has lost its
/// connection.
const STALE: Duration = Duration::from_secs(420);
/// The events after which a page becomes visible, hidden, or connected again.
const PAGE_EVENTS: [&str; 4] = ["visibilitychange", "pagehide", "pageshow", "online"];

/// The seats at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SeatState {
    /// Free seats.
    pub(super) left: u32,
    /// All seats.
    pub(super) capacity: u32,
    /// How many are on the waiting list.
    pub(super) waitlisted: u32,
    /// How many have left it so far; a server of an older version does not say.
    pub(super) departures: Option<u32>,
    /// Whether the competition was cancelled.
    pub(super) cancelled: bool,
    /// A higher sequence is newer.
    pub(super) sequence: u32,
}

impl SeatState {
    /// Parses an event or the response to a poll. A JSON parser would be larger than the rest of
    /// this module. A server of an older version sends no sequence: its state counts as the newest.
    fn read(text: &str) -> Option<Self> {
        Some(Self {
            left: number(text, "\"seatsLeft\":")?,
            capacity: number(text, "\"capacity\":")?,
            waitlisted: number(text, "\"waitlisted\":").unwrap_or(0),
            departures: number(text, "\"waitlistDepartures\":"),
            cancelled: text.contains("\"cancelled\":true"),
            sequence: number(text, "\"sequence\":").unwrap_or(u32::MAX),
        })
    }
}

/// The number after `name`.
fn number(text: &str, name: &str) -> Option<u32> {
    let (_, rest) = text.split_once(name)?;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    rest[..end].parse().ok()
}

/// Calls `on_change` with each state that is newer than the previous one and than `known`.
pub(super) fn watch(
    id: CompetitionId,
    known: u32,
    on_change: impl Fn(SeatState) + Clone + 'static,
) {
    Effect::new(move || {
        let live = Live::new(id, known, Box::new(on_change.clone()));
        live.connect();
        let listeners = PAGE_EVENTS.map(|name| {
            let live = Rc::clone(&live);
            window_event_listener_untyped(name, move |event| live.on_page_event(&event.type_()))
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

/// The updates of one competition.
struct Live {
    /// The address of the competition in the API.
    url: String,
    on_change: Box<dyn Fn(SeatState)>,
    /// The sequence of the newest state.
    newest: Cell<u32>,
    /// The number of failures since the last event.
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

    /// Opens a stream in place of the previous one, unless the page is hidden.
    fn connect(&self) {
        self.close();
        if document().hidden() {
            return;
        }
        // A browser without event streams polls.
        self.later(FIRST_EVENT, Self::try_again);
        let Ok(source) = EventSource::new(&format!("{}/events", self.url)) else { return };
        let on_event = self.on_event.as_ref().unchecked_ref();
        // An event target accepts every listener.
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

    /// The stream has failed or brings no event. Browsers do not reconnect by themselves after a
    /// status other than 200.
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
            // An invalid state, or a response after navigation, is ignored.
            if let (Some(text), Some(live)) = (text.await, live.upgrade()) {
                live.show(&text);
            }
        });
    }

    /// Shows a state if it is newer than the last one: responses may arrive out of order.
    fn show(&self, text: &str) {
        let Some(state) = SeatState::read(text) else { return };
        if state.sequence > self.newest.get() {
            // A state without a sequence must not block the next one.
            if state.sequence < u32::MAX {
                self.newest.set(state.sequence);
            }
            (self.on_change)(state);
        }
    }

    /// Calls `then` after the pause, in place of any earlier call that is pending.
    fn later(&self, pause: Duration, then: fn(&Self)) {
        let live = self.this.clone();
        let call = move || {
            if let Some(live) = live.upgrade() {
                then(&live);
            }
        };
        // Without a timer the stream is not opened again.
        let timer = set_timeout_with_handle(call, pause).ok();
        if let Some(before) = self.timer.replace(timer) {
            before.clear();
        }
    }

    /// Handles one of [`PAGE_EVENTS`].
    fn on_page_event(&self, name: &str) {
        let is_connected = self.source.borrow().is_some() && name != "online";
        if document().hidden() || name == "pagehide" {
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
    fn a_state_of_the_server_is_parsed() {
        let mut event = SeatsChanged {
            competition_id: CompetitionId("01939c2e-7b5a-7000-8000-000000000001".parse().unwrap()),
            capacity: 40,
            seats_left: 0,
            waitlisted: 5,
            waitlist_departures: 6,
            cancelled: false,
            sequence: 7,
            is_draft: false,
        };
        let read = |event: &SeatsChanged| SeatState::read(&serde_json::to_string(event).unwrap());
        let state = SeatState {
            left: 0,
            capacity: 40,
            waitlisted: 5,
            departures: Some(6),
            cancelled: false,
            sequence: 7,
        };
        assert_eq!(read(&event), Some(state));
        event.cancelled = true;
        assert_eq!(read(&event), Some(SeatState { cancelled: true, ..state }));
        assert_eq!(SeatState::read("{\"status\":503}"), None);
    }

    #[test]
    fn a_state_of_an_older_server_counts_as_the_newest() {
        let text = "{\"capacity\":3,\"seatsLeft\":2,\"cancelled\":false}";
        let state = SeatState {
            left: 2,
            capacity: 3,
            waitlisted: 0,
            departures: None,
            cancelled: false,
            sequence: u32::MAX,
        };
        assert_eq!(SeatState::read(text), Some(state));
    }
}
