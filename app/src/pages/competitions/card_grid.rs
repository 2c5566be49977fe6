//! Competitions side by side.

use leptos::prelude::*;

use super::{CompetitionCard, Listing};

/// Competitions side by side.
#[component]
pub(crate) fn CardGrid(
    /// What to show, in this order.
    listings: Vec<Listing>,
) -> impl IntoView {
    let card = |listing| view! { <li><CompetitionCard listing /></li> };
    view! { <ul class="card-grid">{listings.into_iter().map(card).collect_view()}</ul> }
}

/// Shown in the browser while they load: of their size, so that nothing jumps.
#[component]
pub(crate) fn CardGridSkeleton() -> impl IntoView {
    let card = |_| view! { <li class="skeleton h-72"></li> };
    view! {
        <ul class="card-grid" aria-hidden="true">
            {(0..6).map(card).collect_view()}
        </ul>
    }
}
