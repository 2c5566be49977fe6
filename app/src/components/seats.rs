//! How many places are left.

use leptos::prelude::*;

/// `12 of 40 places left`.
fn places_left(left: u32, capacity: u32) -> String {
    let places = if capacity == 1 { "place" } else { "places" };
    format!("{left} of {capacity} {places} left")
}

/// A meter with the same in words.
#[component]
pub(crate) fn Seats(
    /// Places nobody holds.
    #[prop(into)]
    left: Signal<u32>,
    /// Places in all.
    #[prop(into)]
    capacity: Signal<u32>,
) -> impl IntoView {
    let words = move || places_left(left.get(), capacity.get());
    view! {
        <div class="seats-line">
            // Set through the element: a translator replaces text nodes. Numbers and our own words
            // need no escaping.
            <p class="font-semibold tabular-nums" inner_html=words></p>
            <meter class="seats" min="0" max=capacity value=left aria-label=words />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_words() {
        assert_eq!(places_left(12, 40), "12 of 40 places left");
        assert_eq!(places_left(0, 1), "0 of 1 place left");
    }
}
