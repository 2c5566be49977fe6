//! The link back to the page where a competition is managed.

use domain::CompetitionId;
use leptos::prelude::*;

use crate::pages::competitions::address;

/// Leads an organizer back from a page about one thing of a competition.
#[component]
pub(in crate::pages::competitions) fn ManageLink(
    /// The competition.
    id: CompetitionId,
    /// Its title.
    title: String,
) -> impl IntoView {
    view! {
        <p class="min-w-0 wrap-anywhere">
            <a class="quiet-link" href=address::manage(id)>
                // In one element: the items of a flex box lose the space between them.
                <span>"Manage " <bdi>{title}</bdi></span>
            </a>
        </p>
    }
}
