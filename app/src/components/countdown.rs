//! The time until an event, counted down in the browser.

use std::time::Duration;

use domain::{Timestamp, countdown};
use js_sys::Date;
use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*};

use crate::hydration;

/// `Closes in 3 days`. The text appears in the browser only, because a stored page would show an
/// old time. The page reserves the line for it.
#[component]
pub(crate) fn Countdown(
    /// The text before the time: `Closes`.
    verb: &'static str,
    /// The end of the countdown.
    to: Timestamp,
    /// The time of the server when it rendered the page; the clock of the browser may be wrong.
    now: Timestamp,
    /// Called once at the end.
    on_end: impl Fn() + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let words = RwSignal::new(None::<String>);
    // A countdown that has ended before the page was rendered shows nothing.
    let is_ahead = now < to;
    let is_first = hydration::is_under_way();
    Effect::new(move || {
        if !is_ahead {
            return;
        }
        let (ahead, on_end) = (server_ahead(now, is_first), on_end.clone());
        let timer = StoredValue::new(None::<IntervalHandle>);
        let stop = move || {
            if let Some(timer) = timer.try_update_value(Option::take).flatten() {
                timer.clear();
            }
        };
        let tick = move || {
            let now = from_millis(Date::now() + ahead);
            let left = now.and_then(|now| countdown(now, to));
            if left.is_none() {
                stop();
                on_end();
            }
            let text = left.map(|left| format!("{verb} {left}"));
            if words.with_untracked(|words| *words != text) {
                words.set(text);
            }
        };
        tick();
        // Without a timer the first text stays.
        timer.set_value(set_interval_with_handle(tick, Duration::from_secs(1)).ok());
        on_cleanup(stop);
    });
    // Set through the element, as in `Seats`.
    let words = move || words.get().unwrap_or_default();
    view! { <span class="second-line" inner_html=words></span> }
}

/// How far the clock of the server is ahead of that of the browser, in milliseconds. The first page
/// was rendered when the browser requested it, however late our code starts; later data has just
/// been fetched.
fn server_ahead(server: Timestamp, is_first: bool) -> f64 {
    let asked = is_first.then(|| Some(window().performance()?.time_origin())).flatten();
    super::time::millis(server) - asked.unwrap_or_else(Date::now)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the times of browsers are far below the limit of i64"
)]
fn from_millis(millis: f64) -> Option<Timestamp> {
    Timestamp::from_unix_millis(millis as i64)
}
