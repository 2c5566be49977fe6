//! Times in the zone of an event and in that of the viewer.

use domain::Timestamp;
use js_sys::{Date, JSON};
use leptos::{prelude::*, wasm_bindgen::JsValue};

use crate::moment::{Moment, ViewerText};

/// The options of `toLocaleString` that give the format of the server.
const FORMAT: &str = concat!(
    r#"{"weekday":"short","day":"numeric","month":"short","year":"numeric","#,
    r#""hour":"2-digit","minute":"2-digit","timeZoneName":"short"}"#,
);

/// A time in the zone of the event.
#[component]
pub(crate) fn LocalTime(
    /// The time.
    at: Moment,
) -> impl IntoView {
    view! { <time datetime=at.at.to_string()>{at.text}</time> }
}

/// A time in the zone of the event and, on a second line, in that of the viewer if it differs. When
/// only the browser knows the zone, the line is reserved until our code runs.
#[component]
pub(crate) fn LocalTimes(
    /// The time.
    at: Moment,
) -> impl IntoView {
    let line = (at.viewer_text != ViewerText::Same).then(|| {
        let viewer_text = viewer_text(&at);
        let words =
            move || viewer_text.get().map(|text| format!("Your time: {text}")).unwrap_or_default();
        // Set through the element, as in `Seats`.
        view! { <span class="second-line" inner_html=words></span> }
    });
    view! {
        <LocalTime at />
        {line}
    }
}

/// A time in the zone of the viewer. When only the browser knows the zone, it is in UTC until our
/// code runs.
#[component]
pub(crate) fn ViewerTime(
    /// The time.
    at: Moment,
) -> impl IntoView {
    let viewer_text = viewer_text(&at);
    let Moment { at, text, .. } = at;
    let text = move || viewer_text.get().unwrap_or_else(|| text.clone());
    view! { <time datetime=at.to_string() inner_html=text></time> }
}

/// The time in the zone of the viewer, if it differs from the text of the moment.
fn viewer_text(at: &Moment) -> Signal<Option<String>> {
    let (viewer_text, set_yours) = signal(match &at.viewer_text {
        ViewerText::Differs(text) => Some(text.clone()),
        ViewerText::Same | ViewerText::AskBrowser => None,
    });
    if at.viewer_text == ViewerText::AskBrowser {
        let (when, offset) = (at.at, at.offset);
        Effect::new(move || set_yours.set(in_this_browser(when, offset)));
    }
    viewer_text.into()
}

/// `Sun 29 Nov 2026, 03:10 GMT−5`; `None` if the browser is `offset` minutes ahead of UTC, too.
fn in_this_browser(at: Timestamp, offset: i32) -> Option<String> {
    let date = Date::new(&JsValue::from_f64(millis(at)));
    // Browsers count in the other direction: how far UTC is ahead.
    if date.get_timezone_offset() == f64::from(-offset) {
        return None;
    }
    let format = JSON::parse(FORMAT).ok()?;
    // A minus sign, because lines break at a hyphen.
    let text = String::from(date.to_locale_string("en-GB", &format)).replace("GMT-", "GMT−");
    // As the server writes it: without the comma that some browsers put after the weekday.
    match text.split_once(", ") {
        Some((day, rest)) if !day.contains(' ') => Some(format!("{day} {rest}")),
        _ => Some(text),
    }
}

/// Milliseconds since the epoch.
#[expect(
    clippy::cast_precision_loss,
    reason = "an f64 counts milliseconds exactly for 285,000 years"
)]
pub(super) fn millis(at: Timestamp) -> f64 {
    at.utc().timestamp_millis() as f64
}
