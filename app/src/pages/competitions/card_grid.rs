//! Competitions in a grid.

use leptos::prelude::*;

use super::{CompetitionCard, Listing};

/// Competitions in a grid.
#[component]
pub(crate) fn CardGrid(
    /// The competitions, in this order.
    listings: Vec<Listing>,
) -> impl IntoView {
    let card = |listing| view! { <li><CompetitionCard listing /></li> };
    view! { <ul class="card-grid">{listings.into_iter().map(card).collect_view()}</ul> }
}

/// Shown in the browser while they load, with the same size, so that nothing moves.
#[component]
pub(crate) fn CardGridSkeleton() -> impl IntoView {
    let card = |_| view! { <li class="skeleton h-72"></li> };
    view! {
        <ul class="card-grid" aria-hidden="true">
            {(0..6).map(card).collect_view()}
        </ul>
    }
}
