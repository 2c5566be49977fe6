//! The registrations for a competition in numbers.

use domain::RosterTotals;
use leptos::prelude::*;

use crate::components::{Seats, Total};

/// The registrations for a competition in numbers.
#[component]
pub(super) fn Totals(
    /// By status.
    totals: RosterTotals,
    /// Whether the competition was cancelled: then nobody is confirmed any more.
    is_cancelled: bool,
    /// Places in all.
    capacity: u32,
    /// Places nobody holds.
    seats_left: u32,
) -> impl IntoView {
    let taken = format!("{} of {capacity}", capacity - seats_left);
    let pending = if is_cancelled {
        "Pending when cancelled"
    } else {
        "Pending"
    };
    let failed = (totals.failed > 0)
        .then(|| view! { <Total label="Failed" value=totals.failed.to_string() /> });
    view! {
        <section aria-labelledby="numbers" class="grid gap-4">
            <h2 id="numbers" class="subheading">"Overview"</h2>
            <Seats left=seats_left capacity />
            <dl class="totals">
                <Total label="Seats taken" value=taken />
                <Total label="Confirmed" value=totals.confirmed.to_string() />
                <Total label=pending value=totals.pending.to_string() />
                <Total label="Cancelled" value=totals.cancelled.to_string() />
                {failed}
            </dl>
        </section>
    }
}
