//! A competition in a list, as a ticket.

use domain::{Availability, RegistrationStatus};
use leptos::prelude::*;

use super::{
    Listing, address, cover::CoverImage, place::PlaceLine, state_badges::AvailabilityBadge,
    tags::Tags,
};
use crate::{
    Moment,
    components::{Icon, LocalTime, Seats, Shape},
};

/// The registration of the viewer in words, if it is active.
fn registration_words(
    status: RegistrationStatus,
    availability: Availability,
) -> Option<&'static str> {
    let is_over = availability == Availability::Over;
    let has_started = availability.has_started();
    match status {
        RegistrationStatus::Pending | RegistrationStatus::Confirmed if is_over => {
            Some("You were registered")
        }
        RegistrationStatus::Pending | RegistrationStatus::Confirmed => Some("You are registered"),
        RegistrationStatus::Waitlisted if !has_started => Some("You are on the waiting list"),
        RegistrationStatus::AwaitingApproval if !has_started => {
            Some("Your request waits for approval")
        }
        _ => None,
    }
}

/// A day as on a calendar sheet. The text beside it has the same date, with the time.
#[component]
pub(crate) fn StubDate(
    /// The time.
    at: Moment,
) -> impl IntoView {
    view! {
        <span class="stub-month">{at.month()}</span>
        <span class="stub-day">{at.day()}</span>
        <span class="stub-word">{at.weekday()}</span>
    }
}

/// A competition in a list. The stub has the day of the start.
#[component]
pub(crate) fn CompetitionCard(
    /// The competition.
    listing: Listing,
) -> impl IntoView {
    let availability = listing.availability;
    let is_scarce = matches!(
        availability,
        Availability::FewLeft | Availability::WaitingList | Availability::Full
    );
    let day = listing.start_date.clone().map(|at| view! { <StubDate at /> });
    let day = day.map_or_else(
        || view! { <span class="stub-word">"To be announced"</span> }.into_any(),
        |day| day.into_any(),
    );
    let start = listing.start_date.map_or_else(
        || view! { <span>"Date to be announced"</span> }.into_any(),
        |start| view! { <LocalTime at=start /> }.into_any(),
    );
    let starts = if availability.has_started() { "Started: " } else { "Starts: " };
    let own = listing.registration.and_then(|status| registration_words(status, availability));
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
                <h3 class="card-title">
                    <a class="title-link" href=address::competition(listing.id)>
                        <bdi>{listing.title}</bdi>
                    </a>
                </h3>
                <div class="grid gap-1 font-semibold">
                    <p class="icon-line text-sm">
                        <Icon shape=Shape::Calendar />
                        <span class="sr-only">{starts}</span>
                        {start}
                    </p>
                    <PlaceLine place=listing.place />
                </div>
                <p class="card-text text-muted" dir="auto">{listing.summary}</p>
                <div class="flex flex-wrap items-center gap-2">
                    <AvailabilityBadge availability />
                    {own
                        .map(|words| {
                            view! {
                                <span class="badge badge-success">
                                    <Icon shape=Shape::Tick />
                                    {words}
                                </span>
                            }
                        })}
                </div>
                {is_scarce
                    .then(|| view! { <Seats left=listing.seats_left capacity=listing.capacity /> })}
                <div class="grid gap-1 text-sm text-muted">
                    {(!availability.is_past_deadline())
                        .then(|| {
                            view! {
                                <p class="icon-line">
                                    <Icon shape=Shape::Clock />
                                    <span>
                                        "Registration closes " <LocalTime at=listing.reg_deadline />
                                    </span>
                                </p>
                            }
                        })}
                    <p class="icon-line">
                        <Icon shape=Shape::Person />
                        <span class="sr-only">"Organizer: "</span>
                        <bdi>{listing.organizer}</bdi>
                    </p>
                </div>
                <Tags tags=listing.tags most=3 />
            </div>
            // The text beside it has the same date, with the time.
            <div class="ticket-stub" aria-hidden="true">
                {day}
            </div>
        </article>
    }
}
