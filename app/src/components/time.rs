//! Points in time.

use domain::Timestamp;
use js_sys::{Date, JSON};
use leptos::{prelude::*, wasm_bindgen::JsValue};

use crate::Moment;

/// What the viewer's time is shown with. Its parts are those of the server's, less the year: it stands beside it.
const FORMAT: &str = r#"{"weekday":"short","day":"numeric","month":"short","hour":"2-digit","minute":"2-digit","timeZoneName":"short"}"#;

/// A point in time, in UTC and saying so: the same on the server and in every browser.
#[component]
pub(crate) fn Time(
    /// The time.
    at: Timestamp,
) -> impl IntoView {
    view! { <time datetime=at.to_string()>{at.human()}</time> }
}

/// A point in time as clocks show it where it happens.
#[component]
pub(crate) fn LocalTime(
    /// The time.
    at: Moment,
) -> impl IntoView {
    view! { <time datetime=at.at.to_string()>{at.text}</time> }
}

/// The same, and below what clocks show then where the viewer is, if that differs. Only the browser knows, so the line
/// is kept free until it tells.
#[component]
pub(crate) fn LocalTimes(
    /// The time.
    at: Moment,
) -> impl IntoView {
    let (yours, set_yours) = signal(None);
    let (when, offset) = (at.at, at.offset);
    Effect::new(move || set_yours.set(in_this_browser(when, offset)));
    view! {
        <LocalTime at />
        <span class="second-line">{yours}</span>
    }
}

/// `Your time: Sun 29 Nov, 03:10 GMT-5`, unless clocks here show the same as those that are `offset` minutes ahead of UTC.
fn in_this_browser(at: Timestamp, offset: i32) -> Option<String> {
    let date = Date::new(&JsValue::from_f64(millis(at)));
    // Browsers count the other way round: how far UTC is ahead.
    if date.get_timezone_offset() == f64::from(-offset) {
        return None;
    }
    let format = JSON::parse(FORMAT).ok()?;
    let text = String::from(date.to_locale_string("en-GB", &format));
    Some(format!("Your time: {text}"))
}

/// As browsers count time.
#[expect(
    clippy::cast_precision_loss,
    reason = "an f64 counts milliseconds exactly for 285,000 years"
)]
pub(super) fn millis(at: Timestamp) -> f64 {
    at.utc().timestamp_millis() as f64
}
