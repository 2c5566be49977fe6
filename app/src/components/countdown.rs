//! How long it is until something, counted down in the browser.

use std::time::Duration;

use domain::{Timestamp, countdown};
use js_sys::Date;
use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*};

/// `Closes in 3 days`. It appears in the browser: a page that was made a while ago must not tell what time it was then.
/// The line is kept free for it.
#[component]
pub(crate) fn Countdown(
    /// What comes before the time: `Closes`.
    verb: &'static str,
    /// What is waited for.
    to: Timestamp,
    /// The server's time when the page was made; the browser's clock may be wrong.
    now: Timestamp,
    /// Called once when the time has come.
    on_end: impl Fn() + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let words = RwSignal::new(None::<String>);
    // When it is over before the page is, whoever made the page has said so.
    let is_ahead = now < to;
    let is_first = Owner::current_shared_context().is_some_and(|page| page.during_hydration());
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
            let told = left.map(|left| format!("{verb} {left}"));
            if words.with_untracked(|words| *words != told) {
                words.set(told);
            }
        };
        tick();
        // Without a timer the first words stay.
        timer.set_value(set_interval_with_handle(tick, Duration::from_secs(1)).ok());
        on_cleanup(stop);
    });
    // Set through the element, as the number of seats is.
    let words = move || words.get().unwrap_or_default();
    view! { <span class="second-line" inner_html=words></span> }
}

/// How far the server's clock is ahead of the browser's, in milliseconds. What the first page came with was made when the
/// browser asked for it, however late our code begins; everything else has been fetched just now.
fn server_ahead(server: Timestamp, is_first: bool) -> f64 {
    let asked = is_first.then(|| Some(window().performance()?.time_origin())).flatten();
    super::time::millis(server) - asked.unwrap_or_else(Date::now)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "what clocks of browsers show fits many times over"
)]
fn from_millis(millis: f64) -> Option<Timestamp> {
    Timestamp::from_unix_millis(millis as i64)
}
