//! The latest registrations.

use domain::CompetitionId;
use leptos::prelude::*;

use super::roster::RosterRow;
use crate::{
    components::{StatusBadge, ViewerTime},
    pages::competitions::address::{participant, participants},
};

/// The latest registrations, with a link to all of them; nothing before the first.
#[component]
pub(super) fn LatestRegistrations(
    /// The competition.
    id: CompetitionId,
    /// Newest first.
    rows: Vec<RosterRow>,
) -> impl IntoView {
    if rows.is_empty() {
        return None;
    }
    let row = |row: RosterRow| {
        view! {
            <tr>
                <th scope="row">
                    <a class="quiet-link" href=participant(id, row.registration)>
                        <bdi>{row.name}</bdi>
                    </a>
                </th>
                <td data-label="Registered">
                    <ViewerTime at=row.registered_at />
                </td>
                <td data-label="Status">
                    <StatusBadge status=row.status />
                </td>
            </tr>
        }
    };
    Some(view! {
        <section aria-labelledby="latest" class="grid gap-4">
            <h2 id="latest" class="subheading">"Latest registrations"</h2>
            <table class="data-table">
                <caption class="sr-only">"The latest registrations, newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Registered"</th>
                        <th scope="col">"Status"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
            <p>
                <a class="quiet-link" href=participants(id)>"All participants"</a>
            </p>
        </section>
    })
}
