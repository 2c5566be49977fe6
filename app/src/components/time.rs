//! Points in time.

use domain::Timestamp;
use leptos::prelude::*;

/// A point in time, in UTC and saying so: the same on the server and in every browser.
#[component]
pub(crate) fn Time(
    /// The time.
    at: Timestamp,
) -> impl IntoView {
    view! { <time datetime=at.to_string()>{at.human()}</time> }
}
