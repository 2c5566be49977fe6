//! The seats that are left.

use domain::seats_left;
use leptos::prelude::*;

/// A meter, and its value in words.
#[component]
pub(crate) fn Seats(
    /// Free seats.
    #[prop(into)]
    left: Signal<u32>,
    /// All seats.
    #[prop(into)]
    capacity: Signal<u32>,
) -> impl IntoView {
    let words = move || seats_left(left.get(), capacity.get());
    view! {
        <div class="seats-line">
            // Set through the element, because translators replace text nodes. The text needs no
            // escaping.
            <p class="font-semibold tabular-nums" inner_html=words></p>
            <meter class="seats" min="0" max=capacity value=left aria-label=words />
        </div>
    }
}
