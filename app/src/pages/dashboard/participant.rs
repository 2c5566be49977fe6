//! A participant's places.

use domain::{CompetitionId, RegistrationId, RegistrationStatus};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::ssr::clock::ViewerClock;
use crate::{
    Moment,
    components::{EmptyState, Icon, LocalTimes, Shape, StatusBadge, grouped},
    pages::competitions::{AddToCalendar, calendar, leave},
};

/// A place the participant holds or held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// In which competition.
    pub competition: CompetitionId,
    /// What it is called.
    pub title: String,
    /// Who runs it, or that their account is deleted.
    pub organizer: String,
    /// When it starts, if that is set.
    pub start: Option<Moment>,
    /// Whether its organizer has cancelled it.
    pub called_off: bool,
    /// The registration.
    pub registration: RegistrationId,
    /// How far it has come.
    pub status: RegistrationStatus,
}

#[cfg(feature = "ssr")]
impl Place {
    fn of(mine: domain::MyRegistration, clock: &ViewerClock) -> Self {
        let competition = mine.competition;
        Self {
            competition: competition.id,
            start: competition.start_date.map(|start| clock.there(start, &competition.time_zone)),
            title: competition.title,
            organizer: match competition.organizer.is_deleted() {
                true => "Organizer account deleted".to_owned(),
                false => competition.organizer.name,
            },
            called_off: competition.cancelled_at.is_some(),
            registration: mine.registration.id,
            status: mine.registration.status,
        }
    }
}

/// A participant's places, sorted into what matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantScreen {
    /// Starting soonest first.
    pub upcoming: Vec<Place>,
    /// Latest first.
    pub past: Vec<Place>,
    /// Given back, or cancelled by the organizer.
    pub cancelled: Vec<Place>,
    /// The number of all registrations, also of those that are too old to be listed.
    pub total: u64,
}

#[cfg(feature = "ssr")]
impl ParticipantScreen {
    pub(super) fn of(dashboard: domain::ParticipantDashboard, clock: &ViewerClock) -> Self {
        let places = |all: Vec<domain::MyRegistration>| {
            all.into_iter().map(|mine| Place::of(mine, clock)).collect()
        };
        Self {
            upcoming: places(dashboard.upcoming),
            past: places(dashboard.past),
            cancelled: places(dashboard.cancelled),
            total: dashboard.total,
        }
    }
}

impl ParticipantScreen {
    /// "The newest 500 of 1,234 registrations", unless all are listed.
    fn left_out(&self) -> Option<String> {
        let listed = self.upcoming.len() + self.past.len() + self.cancelled.len();
        let (listed, total) = (listed as u64, self.total);
        (listed < total)
            .then(|| format!("The newest {} of {} registrations", grouped(listed), grouped(total)))
    }
}

/// A participant's places, what comes next first.
#[component]
pub(super) fn ParticipantDashboard(
    /// What to show.
    screen: ParticipantScreen,
) -> impl IntoView {
    let left_out = screen.left_out().map(|words| view! { <p class="text-muted">{words}</p> });
    let ParticipantScreen { upcoming, past, cancelled, .. } = screen;
    if upcoming.is_empty() && past.is_empty() && cancelled.is_empty() {
        return view! {
            <EmptyState title="No registrations yet">
                <p>"Find a competition and register with one click."</p>
                <a class="btn btn-primary" href="/competitions">"See open competitions"</a>
            </EmptyState>
        }
        .into_any();
    }
    let mut upcoming = upcoming.into_iter();
    let next = upcoming.next();
    view! {
        {left_out}
        {match next {
            Some(place) => view! { <Next place /> }.into_any(),
            None => view! {
                <EmptyState title="No upcoming competitions">
                    <a class="btn btn-primary" href="/competitions">"See open competitions"</a>
                </EmptyState>
            }
            .into_any(),
        }}
        <Places id="upcoming" title="Upcoming" places=upcoming.collect() is_upcoming=true />
        <Places id="past" title="Past" places=past />
        <Places id="cancelled" title="Cancelled" places=cancelled />
    }
    .into_any()
}

/// What comes next, larger than the rest.
#[component]
fn Next(place: Place) -> impl IntoView {
    view! {
        <section aria-labelledby="next" class="grid gap-3">
            <h2 id="next" class="subheading">"Next"</h2>
            <PlaceCard place is_upcoming=true />
        </section>
    }
}

#[component]
fn Places(
    id: &'static str,
    title: &'static str,
    places: Vec<Place>,
    #[prop(default = false)] is_upcoming: bool,
) -> impl IntoView {
    let card = move |place| view! { <li><PlaceCard place is_upcoming /></li> };
    (!places.is_empty()).then(|| {
        view! {
            <section aria-labelledby=id class="grid gap-3">
                <h2 id=id class="subheading">{title}</h2>
                <ul class="grid gap-3">{places.into_iter().map(card).collect_view()}</ul>
            </section>
        }
    })
}

#[component]
fn PlaceCard(
    place: Place,
    /// Whether it is still to come.
    #[prop(default = false)]
    is_upcoming: bool,
) -> impl IntoView {
    let can_leave = is_upcoming && place.status.holds_seat();
    let status = match place.status {
        status if place.called_off && status.holds_seat() => {
            view! { <span class="badge badge-error h-auto py-1 text-left">"Cancelled by the organizer"</span> }
                .into_any()
        }
        status => view! { <StatusBadge status /> }.into_any(),
    };
    let start = place.start.map_or_else(
        || view! { <span>"Start date to be announced"</span> }.into_any(),
        |start| view! { <span>"Starts " <LocalTimes at=start /></span> }.into_any(),
    );
    view! {
        <article class="ticket ticket-wide">
            <div class="ticket-body">
                <h3 class="font-display text-xl font-semibold">
                    <a class="title-link" href=format!("/competitions/{}", place.competition)>
                        {place.title.clone()}
                    </a>
                </h3>
                <p class="icon-line text-sm text-muted">
                    <Icon shape=Shape::Person />
                    <span class="sr-only">"Organizer: "</span>
                    {place.organizer}
                </p>
            </div>
            <div class="ticket-stub">
                <p>{status}</p>
                <p class="icon-line text-sm"><Icon shape=Shape::Calendar />{start}</p>
                {can_leave
                    .then(|| {
                        let calendar = calendar(place.competition, Some(place.registration));
                        view! {
                            <AddToCalendar href=calendar title=place.title.clone() />
                            <a class="quiet-link" href=leave(place.competition)>
                                "Cancel registration"
                                <span class="sr-only">" for " {place.title.clone()}</span>
                            </a>
                        }
                    })}
            </div>
        </article>
    }
}
