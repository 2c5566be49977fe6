//! The registrations of a competition, counted.

use domain::RosterTotals;
use leptos::prelude::*;

use crate::components::{Seats, Total};

/// The registrations of a competition, counted.
#[component]
pub(super) fn Totals(
    /// By status.
    totals: RosterTotals,
    /// Whether the competition is cancelled, so that pending registrations stay pending.
    is_cancelled: bool,
    /// All seats.
    capacity: u32,
    /// Free seats.
    seats_left: u32,
) -> impl IntoView {
    let taken = format!("{} of {capacity}", capacity - seats_left);
    let pending = if is_cancelled { "Pending when cancelled" } else { "Pending" };
    let waitlisted = (totals.waitlisted > 0)
        .then(|| view! { <Total label="Waiting list" value=totals.waitlisted.to_string() /> });
    let awaiting = (totals.awaiting_approval > 0).then(|| {
        view! { <Total label="Awaiting approval" value=totals.awaiting_approval.to_string() /> }
    });
    let rejected = (totals.rejected > 0)
        .then(|| view! { <Total label="Rejected" value=totals.rejected.to_string() /> });
    let failed = (totals.failed > 0)
        .then(|| view! { <Total label="Failed" value=totals.failed.to_string() /> });
    view! {
        <section aria-labelledby="numbers" class="grid gap-4">
            <h2 id="numbers" class="subheading">"Seats and registrations"</h2>
            <Seats left=seats_left capacity />
            <dl class="totals">
                <Total label="Seats taken" value=taken />
                <Total label="Confirmed" value=totals.confirmed.to_string() />
                <Total label=pending value=totals.pending.to_string() />
                {awaiting}
                {waitlisted}
                <Total label="Cancelled" value=totals.cancelled.to_string() />
                {rejected}
                {failed}
            </dl>
        </section>
    }
}
