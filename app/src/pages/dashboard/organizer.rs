//! An organizer's competitions.

use domain::{CompetitionId, CompetitionWithCount, Timestamp};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    components::{EmptyState, Icon, Seats, Shape, Time},
    pages::competitions::{Availability, AvailabilityBadge},
};

/// A competition the organizer runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizerRow {
    /// Which one.
    pub id: CompetitionId,
    /// What it is called.
    pub title: String,
    /// Places in all.
    pub capacity: u32,
    /// Places nobody holds.
    pub seats_left: u32,
    /// From this moment on nobody can register.
    pub reg_deadline: Timestamp,
    /// Whether it can be joined.
    pub availability: Availability,
}

impl OrganizerRow {
    fn of(mine: CompetitionWithCount, now: Timestamp) -> Self {
        let competition = mine.competition;
        Self {
            availability: Availability::of(&competition, now),
            id: competition.id,
            title: competition.title,
            capacity: competition.capacity,
            seats_left: competition.seats_left,
            reg_deadline: competition.reg_deadline,
        }
    }
}

/// An organizer's competitions and their totals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizerScreen {
    /// Newest first.
    pub competitions: Vec<OrganizerRow>,
    /// Seats taken in all of them.
    pub registrations: u64,
    /// Seats in all of them.
    pub seats: u64,
    /// How many still take registrations.
    pub open: u64,
}

impl OrganizerScreen {
    /// As of `now`.
    pub fn of(dashboard: domain::OrganizerDashboard, now: Timestamp) -> Self {
        let rows = dashboard.competitions.into_iter();
        Self {
            competitions: rows.map(|mine| OrganizerRow::of(mine, now)).collect(),
            registrations: dashboard.registrations,
            seats: dashboard.seats,
            open: dashboard.open,
        }
    }
}

/// An organizer's competitions and their totals.
#[component]
pub(super) fn OrganizerDashboard(
    /// What to show.
    screen: OrganizerScreen,
) -> impl IntoView {
    let create = || {
        view! {
            <a class="btn btn-primary" href="/competitions/create">
                <Icon shape=Shape::Plus />
                "Create a competition"
            </a>
        }
    };
    if screen.competitions.is_empty() {
        return view! {
            <EmptyState title="You run no competition yet">
                <p>"Set the number of places and a deadline, and registration is open."</p>
                {create()}
            </EmptyState>
        }
        .into_any();
    }
    let total = screen.competitions.len().to_string();
    let taken = format!("{} of {}", screen.registrations, screen.seats);
    let row = |row| view! { <li><Row row /></li> };
    view! {
        <dl class="totals">
            <Total label="Competitions" value=total />
            <Total label="Open for registration" value=screen.open.to_string() />
            <Total label="Places taken" value=taken />
        </dl>
        <section aria-labelledby="mine" class="grid gap-4">
            <div class="flex flex-wrap items-center justify-between gap-3">
                <h2 id="mine" class="subheading">"Your competitions"</h2>
                {create()}
            </div>
            <ul class="grid gap-3">{screen.competitions.into_iter().map(row).collect_view()}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn Total(label: &'static str, value: String) -> impl IntoView {
    view! {
        <div class="total">
            <dt>{label}</dt>
            <dd>{value}</dd>
        </div>
    }
}

#[component]
fn Row(row: OrganizerRow) -> impl IntoView {
    view! {
        <article class="ticket ticket-wide">
            <div class="ticket-body">
                <p><AvailabilityBadge availability=row.availability /></p>
                <h3 class="font-display text-xl font-semibold">
                    <a class="title-link" href=format!("/competitions/{}", row.id)>{row.title}</a>
                </h3>
                <p class="icon-line text-sm text-muted">
                    <Icon shape=Shape::Clock />
                    <span>"Register before " <Time at=row.reg_deadline /></span>
                </p>
            </div>
            <div class="ticket-stub">
                <Seats left=row.seats_left capacity=row.capacity />
            </div>
        </article>
    }
}
