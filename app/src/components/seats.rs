//! The seats that are left.

use leptos::prelude::*;

/// `12 of 40 seats left`.
fn seats_left(left: u32, capacity: u32) -> String {
    format!("{left} of {} left", seats(capacity))
}

/// `28 of 40 seats taken`.
pub(crate) fn seats_taken(left: u32, capacity: u32) -> String {
    format!("{} of {} taken", capacity.saturating_sub(left), seats(capacity))
}

fn seats(capacity: u32) -> String {
    format!("{capacity} {}", if capacity == 1 { "seat" } else { "seats" })
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_counted_in_words() {
        assert_eq!(seats_left(12, 40), "12 of 40 seats left");
        assert_eq!(seats_left(0, 1), "0 of 1 seat left");
        assert_eq!(seats_taken(12, 40), "28 of 40 seats taken");
        assert_eq!(seats_taken(0, 1), "1 of 1 seat taken");
    }
}
