//! The seats of a competition as they change, while somebody looks at it.

use domain::CompetitionId;
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
};
use web_sys::{EventSource, MessageEvent};

/// Calls `on_change` with the seats left, the seats in all and whether it was cancelled: at once, and then whenever that
/// changes, for as long as the page is shown. The browser connects again by itself. Where it cannot, the page shows what it came with.
pub(super) fn watch(id: CompetitionId, on_change: impl Fn(u32, u32, bool) + Clone + 'static) {
    Effect::new(move || {
        let Ok(source) = EventSource::new(&format!("/api/competitions/{id}/events")) else {
            return;
        };
        let on_change = on_change.clone();
        let told = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            let seats = number(&text, "\"seatsLeft\":").zip(number(&text, "\"capacity\":"));
            if let Some((left, capacity)) = seats {
                on_change(left, capacity, text.contains(CANCELLED));
            }
        });
        let listener = told.as_ref().unchecked_ref();
        // Only an object that is no event target refuses a listener.
        let _ = source.add_event_listener_with_callback("seats", listener);
        let connection = StoredValue::new_local((source, told));
        on_cleanup(move || {
            connection.try_with_value(|(source, _)| source.close());
        });
    });
}

/// How an event says so.
const CANCELLED: &str = "\"cancelled\":true";

/// The number behind `name`. A parser of JSON for these two would be larger than all the rest of this.
fn number(text: &str, name: &str) -> Option<u32> {
    let (_, rest) = text.split_once(name)?;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::SeatsChanged;

    #[test]
    fn what_an_event_says_is_found() {
        // As the server writes it, whatever is added to it one day.
        let mut event = SeatsChanged {
            competition_id: CompetitionId("01939c2e-7b5a-7000-8000-000000000001".parse().unwrap()),
            capacity: 40,
            seats_left: 0,
            cancelled: false,
        };
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(number(&text, "\"seatsLeft\":"), Some(0));
        assert_eq!(number(&text, "\"capacity\":"), Some(40));
        assert_eq!(number("", "\"capacity\":"), None);
        assert!(!text.contains(CANCELLED));
        event.cancelled = true;
        assert!(serde_json::to_string(&event).unwrap().contains(CANCELLED));
    }
}
