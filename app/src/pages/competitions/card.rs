//! A competition in a list, as a ticket.

use domain::Visibility;
use leptos::prelude::*;

use super::{Availability, Listing, address, cover::CoverImage, place::PlaceLine, tags::Tags};
use crate::components::{Icon, LocalTime, Seats, Shape};

/// Whether a competition is open for registration, in words; the colour repeats them.
#[component]
pub(super) fn AvailabilityBadge(
    /// The state.
    availability: Availability,
) -> impl IntoView {
    let class = match availability {
        Availability::Open => "badge-success",
        Availability::FewLeft | Availability::WaitingList => "badge-warning",
        Availability::NotYetOpen => "badge-info",
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

/// A competition in a list. The stub has the day when registration closes.
#[component]
pub(crate) fn CompetitionCard(
    /// The competition.
    listing: Listing,
) -> impl IntoView {
    let start = listing.start_date.map_or_else(
        || view! { <span>"Start date to be announced"</span> }.into_any(),
        |start| view! { <span>"Starts " <LocalTime at=start /></span> }.into_any(),
    );
    let (day, month) = (listing.reg_deadline.day(), listing.reg_deadline.month());
    view! {
        <article class="ticket ticket-card">
            <div class="ticket-cover">
                <CoverImage
                    picture=listing.cover
                    sizes="(min-width: 60rem) 28rem, 100vw"
                    loading="lazy"
                />
            </div>
            <div class="ticket-body">
                <div class="flex flex-wrap items-center justify-between gap-2">
                    <AvailabilityBadge availability=listing.availability />
                    <p class="icon-line text-sm text-muted">
                        <Icon shape=Shape::Person />
                        <span class="sr-only">"Organizer: "</span>
                        {listing.organizer}
                    </p>
                </div>
                <h3 class="card-title">
                    <a class="title-link" href=address::competition(listing.id)>
                        {listing.title}
                    </a>
                </h3>
                <p class="card-text text-muted">{listing.summary}</p>
                <Seats left=listing.seats_left capacity=listing.capacity />
                <div class="grid gap-1 text-sm">
                    <p class="icon-line">
                        <Icon shape=Shape::Clock />
                        <span>"Registration closes " <LocalTime at=listing.reg_deadline /></span>
                    </p>
                    <p class="icon-line"><Icon shape=Shape::Calendar />{start}</p>
                    <PlaceLine place=listing.place />
                </div>
                <Tags tags=listing.tags />
            </div>
            // The text beside it has the same date, with the time.
            <div class="ticket-stub" aria-hidden="true">
                <span class="stub-word">"Register by"</span>
                <span class="stub-day">{day}</span>
                <span class="stub-month">{month}</span>
            </div>
        </article>
    }
}
