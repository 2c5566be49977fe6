//! The dashboard of an organizer.

#[cfg(feature = "ssr")]
use domain::Timestamp;
use domain::{Availability, CompetitionId, Visibility, grouped};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::trend::{Trend, TrendDay};
#[cfg(feature = "ssr")]
use crate::ssr::clock::ViewerClock;
use crate::{
    Moment,
    components::{
        EmptyState, Icon, LocalTimes, Pagination, PastTheEnd, Seats, Shape, Total, page_words,
    },
    pages::{
        competitions::{StateBadges, address},
        dashboard_view::DashboardView,
    },
};

/// A competition of the organizer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizerRow {
    /// Its id.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
    /// All seats.
    pub capacity: u32,
    /// Free seats.
    pub seats_left: u32,
    /// Registrations that can be approved.
    pub awaiting_approval: u32,
    /// When registration closes.
    pub reg_deadline: Moment,
    /// Whether it is open for registration.
    pub availability: Availability,
    /// Who can see it, and who can find it.
    pub visibility: Visibility,
    /// Whether it can be edited.
    pub can_be_edited: bool,
}

#[cfg(feature = "ssr")]
impl OrganizerRow {
    fn of(mine: domain::CompetitionWithCount, clock: &ViewerClock, now: Timestamp) -> Self {
        let competition = mine.competition;
        let can_review = competition.takes_reviews(now);
        Self {
            availability: Availability::of(&competition, now),
            visibility: competition.visibility,
            can_be_edited: !competition.is_cancelled(),
            id: competition.id,
            title: competition.title,
            capacity: competition.capacity,
            seats_left: competition.seats_left,
            awaiting_approval: if can_review { mine.awaiting_approval } else { 0 },
            reg_deadline: clock.in_event_zone(competition.reg_deadline, &competition.time_zone),
        }
    }
}

/// The competitions of an organizer and their totals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizerScreen {
    /// One page of them, newest first.
    pub competitions: Vec<OrganizerRow>,
    /// The number on all pages.
    pub total: u64,
    /// Counted from 1.
    pub page: u64,
    /// The number of pages.
    pub pages: u64,
    /// Seats taken in all of them.
    pub registrations: u64,
    /// Seats in all of them.
    pub seats: u64,
    /// The number that is open for registration.
    pub open: u64,
    /// The number of those that close within seven days.
    pub closing_soon: u64,
    /// The last 30 days, oldest first.
    pub trend: Vec<TrendDay>,
}

#[cfg(feature = "ssr")]
impl OrganizerScreen {
    /// As of `now`.
    pub(super) fn of(
        dashboard: domain::OrganizerDashboard,
        clock: &ViewerClock,
        now: Timestamp,
    ) -> Self {
        let own = dashboard.competitions;
        Self {
            total: own.total,
            page: own.page,
            pages: own.pages(),
            competitions: own
                .items
                .into_iter()
                .map(|mine| OrganizerRow::of(mine, clock, now))
                .collect(),
            registrations: dashboard.registrations,
            seats: dashboard.seats,
            open: dashboard.open,
            closing_soon: dashboard.closing_soon,
            trend: dashboard.trend.into_iter().map(TrendDay::from).collect(),
        }
    }
}

/// The competitions of an organizer and their totals.
#[component]
pub(super) fn OrganizerDashboard(
    /// The data.
    screen: OrganizerScreen,
) -> impl IntoView {
    let create = || {
        view! {
            <a class="btn btn-primary" href="/competitions/create">
                <Icon shape=Shape::Plus />
                "New competition"
            </a>
        }
    };
    let OrganizerScreen { competitions, total, page, pages, .. } = screen;
    if total == 0 {
        return view! {
            <EmptyState title="No competitions yet">
                <ol class="grid list-decimal gap-2 pl-5 text-start">
                    <li>
                        "Create a competition: its title, its seats, and when registration closes."
                    </li>
                    <li>
                        "Save it as a draft, which only you see, and add a cover, questions or a \
                        waiting list."
                    </li>
                    <li>"Publish it and share its link. Participants get a confirmation."</li>
                </ol>
                {create()}
            </EmptyState>
        }
        .into_any();
    }
    let taken = format!("{} of {}", grouped(screen.registrations), grouped(screen.seats));
    let row = |row| view! { <li><Row row /></li> };
    view! {
        <dl class="totals">
            <Total label="Competitions" value=grouped(total) />
            <Total label="Open for registration" value=grouped(screen.open) />
            <Total label="Closing within a week" value=grouped(screen.closing_soon) />
            <Total label="Seats taken" value=taken />
        </dl>
        <Trend days=screen.trend />
        <section aria-labelledby="mine" class="grid gap-4">
            <div class="flex flex-wrap items-center justify-between gap-3">
                <h2 id="mine" class="subheading">
                    "Your competitions"
                    {page_words(page, pages)}
                </h2>
                {create()}
            </div>
            {competitions.is_empty().then(|| view! { <PastTheEnd first=at_page(1) /> })}
            <ul class="grid gap-3">{competitions.into_iter().map(row).collect_view()}</ul>
            <Pagination page pages href=at_page />
        </section>
    }
    .into_any()
}

fn at_page(page: u64) -> String {
    let first = DashboardView::Competitions.address();
    if page > 1 { format!("{first}&page={page}") } else { first }
}

#[component]
fn Row(row: OrganizerRow) -> impl IntoView {
    let awaiting = (row.awaiting_approval > 0).then(|| {
        let words = format!("{} awaiting approval", grouped(row.awaiting_approval.into()));
        view! {
            <a class="quiet-link" href=address::awaiting_approval(row.id)>
                {words}
                <span class="sr-only">" for " <bdi>{row.title.clone()}</bdi></span>
            </a>
        }
    });
    let is_past = row.availability.has_started() || row.availability == Availability::Cancelled;
    let closes = (!is_past).then(|| {
        view! {
            <p class="icon-line text-sm text-muted">
                <Icon shape=Shape::Clock />
                <span>"Registration closes " <LocalTimes at=row.reg_deadline /></span>
            </p>
        }
    });
    view! {
        <article class="ticket ticket-wide">
            <div class="ticket-body">
                <StateBadges availability=row.availability visibility=row.visibility />
                <h3 class="font-display text-xl font-semibold">
                    <a class="title-link" href=address::competition(row.id)>
                        <bdi>{row.title.clone()}</bdi>
                    </a>
                </h3>
                {closes}
            </div>
            <div class="ticket-stub">
                <Seats left=row.seats_left capacity=row.capacity />
                {awaiting}
                <ul class="flex flex-wrap gap-2">
                    <li>
                        <a class="btn" href=address::manage(row.id)>
                            "Manage" <span class="sr-only">" " <bdi>{row.title.clone()}</bdi></span>
                        </a>
                    </li>
                    {row.can_be_edited
                        .then(|| {
                            view! {
                                <li>
                                    <a class="btn" href=address::edit(row.id)>
                                        "Edit"
                                        <span class="sr-only">
                                            " " <bdi>{row.title.clone()}</bdi>
                                        </span>
                                    </a>
                                </li>
                            }
                        })}
                </ul>
            </div>
        </article>
    }
}
