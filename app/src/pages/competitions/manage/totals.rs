//! The registrations of a competition, counted.

use domain::{RosterTotals, grouped};
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
    let taken = capacity - seats_left;
    let taken = format!("{} of {}", grouped(taken.into()), grouped(capacity.into()));
    let pending = if is_cancelled { "Pending when cancelled" } else { "Pending" };
    let waitlisted = (totals.waitlisted > 0)
        .then(|| view! { <Total label="Waiting list" value=grouped(totals.waitlisted) /> });
    let awaiting = (totals.awaiting_approval > 0).then(|| {
        view! { <Total label="Awaiting approval" value=grouped(totals.awaiting_approval) /> }
    });
    let rejected = (totals.rejected > 0)
        .then(|| view! { <Total label="Rejected" value=grouped(totals.rejected) /> });
    let failed = (totals.failed > 0)
        .then(|| view! { <Total label="Failed" value=grouped(totals.failed) /> });
    view! {
        <section aria-labelledby="numbers" class="grid gap-4">
            <h2 id="numbers" class="subheading">"Seats and registrations"</h2>
            <Seats left=seats_left capacity />
            <dl class="totals">
                <Total label="Seats taken" value=taken />
                <Total label="Confirmed" value=grouped(totals.confirmed) />
                <Total label=pending value=grouped(totals.pending) />
                {awaiting}
                {waitlisted}
                <Total label="Cancelled" value=grouped(totals.cancelled) />
                {rejected}
                {failed}
            </dl>
        </section>
    }
}
