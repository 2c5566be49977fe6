//! A competition in a list: a ticket with its stub.

use leptos::prelude::*;

use super::{Availability, Listing, tags::Tags};
use crate::components::{Icon, LocalTime, Seats, Shape};

/// Whether a competition can be joined, in words; the colour only underlines them.
#[component]
pub(crate) fn AvailabilityBadge(
    /// The word.
    availability: Availability,
) -> impl IntoView {
    let class = match availability {
        Availability::Open => "badge-success",
        Availability::FewLeft => "badge-warning",
        Availability::NotYetOpen => "badge-info",
        Availability::Full | Availability::Closed => "badge-neutral",
        Availability::Cancelled => "badge-error",
    };
    view! { <span class=format!("badge {class}")>{availability.words()}</span> }
}

/// A competition in a list.
#[component]
pub(crate) fn CompetitionCard(
    /// What to show.
    listing: Listing,
) -> impl IntoView {
    view! {
        <article class="ticket">
            <div class="ticket-body">
                <p><AvailabilityBadge availability=listing.availability /></p>
                <h3 class="font-display text-xl font-semibold">
                    <a class="title-link" href=format!("/competitions/{}", listing.id)>
                        {listing.title}
                    </a>
                </h3>
                <p class="wrap-anywhere">{listing.summary}</p>
                <p class="icon-line text-sm text-muted">
                    <Icon shape=Shape::Person />
                    <span class="sr-only">"Organizer: "</span>
                    {listing.organizer}
                </p>
                <Tags tags=listing.tags />
            </div>
            <div class="ticket-stub">
                <Seats left=listing.seats_left capacity=listing.capacity />
                <p class="icon-line text-sm">
                    <Icon shape=Shape::Clock />
                    <span>"Register before " <LocalTime at=listing.reg_deadline /></span>
                </p>
                <p class="icon-line text-sm">
                    <Icon shape=Shape::Calendar />
                    {listing
                        .start_date
                        .map_or_else(
                            || view! { <span>"Start not set yet"</span> }.into_any(),
                            |start| view! { <span>"Starts " <LocalTime at=start /></span> }.into_any(),
                        )}
                </p>
            </div>
        </article>
    }
}
