//! The state of a competition, in badges.

use domain::{Availability, Visibility};
use leptos::prelude::*;

/// Whether a competition is open for registration, in words; the colour repeats them.
#[component]
pub(super) fn AvailabilityBadge(
    /// The state.
    availability: Availability,
) -> impl IntoView {
    let class = match availability {
        Availability::Open => "badge-success",
        Availability::FewLeft | Availability::WaitingList => "badge-warning",
        Availability::NotYetOpen | Availability::UnderWay => "badge-info",
        Availability::Full | Availability::Closed | Availability::Over | Availability::Draft => {
            "badge-neutral"
        }
        Availability::Cancelled => "badge-error",
    };
    view! { <span class=format!("badge {class}")>{availability.words()}</span> }
}

/// Whether a competition is open for registration, and whether it is unlisted.
#[component]
pub(crate) fn StateBadges(
    /// Whether it is open; nothing to leave it out.
    #[prop(into)]
    availability: Option<Availability>,
    /// Who can see it, and who can find it.
    visibility: Visibility,
) -> impl IntoView {
    let is_unlisted = visibility == Visibility::Unlisted;
    (availability.is_some() || is_unlisted).then(|| {
        view! {
            <p class="flex flex-wrap gap-2">
                {availability.map(|availability| view! { <AvailabilityBadge availability /> })}
                {is_unlisted.then(|| view! { <span class="badge badge-neutral">"Unlisted"</span> })}
            </p>
        }
    })
}
