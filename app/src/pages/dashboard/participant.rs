//! The registrations of a participant.

use domain::{CompetitionId, RegistrationId, RegistrationStatus, grouped};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::ssr::clock::ViewerClock;
use crate::{
    Moment,
    components::{EmptyState, Icon, LocalTimes, Shape, StatusBadge, ordinal},
    pages::{
        account::CALENDAR,
        competitions::{
            AddToCalendar, AnswerList, Claim, ExternalLink, Place, PlaceLine, StubDate, address,
            calendar,
        },
    },
};

/// A registration of the participant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationRow {
    /// Its competition.
    pub competition: CompetitionId,
    /// The title of the competition.
    pub title: String,
    /// The name of its organizer, or that the account was deleted.
    pub organizer: String,
    /// When it starts, if that is decided.
    pub start: Option<Moment>,
    /// Whether it has started.
    pub has_started: bool,
    /// Links that add it to a calendar on the web, by the name of the calendar.
    pub calendars: Vec<(String, String)>,
    /// Where it takes place.
    pub place: Place,
    /// Whether its organizer has cancelled it.
    pub is_competition_cancelled: bool,
    /// Its id.
    pub registration: RegistrationId,
    /// Its status.
    pub status: RegistrationStatus,
    /// Its position on the waiting list, if it is on it.
    pub waitlist_position: Option<u32>,
    /// Why the organizer has rejected it, if they have and gave a reason.
    pub rejection_reason: Option<String>,
    /// The questions that are answered, and the answers in words, shortened.
    pub answers: Vec<(String, String)>,
}

#[cfg(feature = "ssr")]
impl RegistrationRow {
    fn of(ctx: &service::Context, mine: domain::MyRegistration, clock: &ViewerClock) -> Self {
        let (competition, now) = (mine.competition, ctx.now());
        let has_started = competition.start_date.is_some_and(|start| start <= now);
        let is_shown = !has_started && mine.registration.status.is_active();
        let calendars = is_shown.then(|| service::calendar::CalendarLinks::of(ctx, &competition));
        let calendars =
            calendars.flatten().map(|links| [("Google", links.google), ("Outlook", links.outlook)]);
        let calendars = calendars.into_iter().flatten();
        let passes_seats_on = competition.passes_seats_on(now);
        Self {
            answers: mine
                .answers
                .into_iter()
                .map(domain::Answer::into_words)
                .map(|(question, answer)| (question, shortened(answer)))
                .collect(),
            competition: competition.id,
            calendars: calendars.map(|(name, href)| (name.to_owned(), href)).collect(),
            place: Place::of_registration(&competition),
            has_started,
            start: competition
                .start_date
                .map(|start| clock.in_event_zone(start, &competition.time_zone)),
            title: competition.title,
            organizer: match competition.organizer.is_deleted {
                true => "Organizer account deleted".to_owned(),
                false => competition.organizer.name,
            },
            is_competition_cancelled: competition.cancelled_at.is_some(),
            registration: mine.registration.id,
            status: mine.registration.status,
            rejection_reason: mine.rejection_reason,
            // A position is worth nothing once no seat is passed on.
            waitlist_position: mine.waitlist_position.filter(|_| passes_seats_on),
        }
    }
}

/// The longest answer on a ticket, in characters; the page of the answers has the whole.
#[cfg(feature = "ssr")]
const MAX_ANSWER: usize = 100;

/// The beginning of a long answer.
#[cfg(feature = "ssr")]
fn shortened(answer: String) -> String {
    match answer.char_indices().nth(MAX_ANSWER) {
        Some((end, _)) => format!("{}…", answer[..end].trim_end()),
        None => answer,
    }
}

/// The registrations of a participant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantScreen {
    /// Those that have not ended, starting soonest first.
    pub upcoming: Vec<RegistrationRow>,
    /// Latest first.
    pub past: Vec<RegistrationRow>,
    /// Cancelled by the participant or by the organizer, or rejected.
    pub cancelled: Vec<RegistrationRow>,
    /// The number of all registrations, also of those that are too old to be listed.
    pub total: u64,
}

#[cfg(feature = "ssr")]
impl ParticipantScreen {
    pub(super) fn of(
        ctx: &service::Context,
        dashboard: domain::ParticipantDashboard,
        clock: &ViewerClock,
    ) -> Self {
        let registrations = |all: Vec<domain::MyRegistration>| {
            all.into_iter().map(|mine| RegistrationRow::of(ctx, mine, clock)).collect()
        };
        Self {
            upcoming: registrations(dashboard.upcoming),
            past: registrations(dashboard.past),
            cancelled: registrations(dashboard.cancelled),
            total: dashboard.total,
        }
    }
}

impl ParticipantScreen {
    /// "The newest 200 of 1,234 registrations", unless all are listed.
    fn left_out(&self) -> Option<String> {
        let listed = self.upcoming.len() + self.past.len() + self.cancelled.len();
        let (listed, total) = (listed as u64, self.total);
        (listed < total)
            .then(|| format!("The newest {} of {} registrations", grouped(listed), grouped(total)))
    }
}

/// The registrations of a participant, the next one first.
#[component]
pub(super) fn ParticipantDashboard(
    /// The data.
    screen: ParticipantScreen,
) -> impl IntoView {
    let left_out = screen.left_out().map(|words| view! { <p class="text-muted">{words}</p> });
    let ParticipantScreen { upcoming, past, cancelled, .. } = screen;
    if upcoming.is_empty() && past.is_empty() && cancelled.is_empty() {
        return view! {
            <EmptyState title="No registrations yet">
                <p>
                    "Find a competition and register with one click. Your ticket then appears \
                    here, and the confirmation in your mailbox."
                </p>
                <a class="btn btn-primary" href="/competitions">"See open competitions"</a>
            </EmptyState>
        }
        .into_any();
    }
    let (under_way, upcoming): (Vec<_>, Vec<_>) =
        upcoming.into_iter().partition(|row| row.has_started);
    let mut upcoming = upcoming.into_iter();
    let next = upcoming.next();
    view! {
        {left_out}
        <Registrations
            id="under-way"
            title="Under way"
            registrations=under_way
            is_upcoming=true
        />
        {match next {
            Some(row) => view! { <Next row /> }.into_any(),
            None => view! {
                <EmptyState title="No upcoming competitions">
                    <a class="btn btn-primary" href="/competitions">"See open competitions"</a>
                </EmptyState>
            }
            .into_any(),
        }}
        <Registrations
            id="upcoming"
            title="Upcoming"
            registrations=upcoming.collect()
            is_upcoming=true
        />
        <Registrations id="past" title="Past" registrations=past />
        <Registrations id="cancelled" title="Cancelled or rejected" registrations=cancelled />
    }
    .into_any()
}

/// The next competition.
#[component]
fn Next(row: RegistrationRow) -> impl IntoView {
    view! {
        <section aria-labelledby="next" class="grid gap-3">
            <h2 id="next" class="subheading">"Next"</h2>
            <RegistrationCard row is_upcoming=true />
            <p>
                <a class="quiet-link" href=CALENDAR>
                    "Show all your competitions in your calendar"
                </a>
            </p>
        </section>
    }
}

#[component]
fn Registrations(
    id: &'static str,
    title: &'static str,
    registrations: Vec<RegistrationRow>,
    #[prop(default = false)] is_upcoming: bool,
) -> impl IntoView {
    let card = move |row| view! { <li><RegistrationCard row is_upcoming /></li> };
    (!registrations.is_empty()).then(|| {
        view! {
            <section aria-labelledby=id class="grid gap-3">
                <h2 id=id class="subheading">{title}</h2>
                <ul class="grid gap-3">{registrations.into_iter().map(card).collect_view()}</ul>
            </section>
        }
    })
}

#[component]
fn RegistrationCard(
    row: RegistrationRow,
    /// Whether the competition has not ended.
    #[prop(default = false)]
    is_upcoming: bool,
) -> impl IntoView {
    let is_current = is_upcoming && row.status.is_active();
    // A seat is kept once it has started.
    let can_cancel = is_current && !(row.has_started && row.status.holds_seat());
    let position = row.waitlist_position.filter(|_| is_upcoming).map(|position| {
        view! { <p class="text-sm">{format!("You're {} in line", ordinal(position))}</p> }
    });
    let reason = row.rejection_reason.map(|reason| {
        view! { <p class="text-sm">"Reason: " <span dir="auto">{reason}</span></p> }
    });
    let cancel_words = Claim::of(row.status).unwrap_or_default().button();
    let status = match row.status {
        status if row.is_competition_cancelled && status.is_active() => view! {
            <span class="badge badge-error h-auto py-1 text-left">
                "Cancelled by the organizer"
            </span>
        }
        .into_any(),
        status => view! { <StatusBadge status /> }.into_any(),
    };
    let answers = (!row.answers.is_empty()).then(|| {
        let (href, title) = (address::answers(row.competition), row.title.clone());
        view! {
            <details class="text-sm">
                <summary class="quiet-link">
                    <span>
                        "Your answers" <span class="sr-only">" for " <bdi>{title}</bdi></span>
                    </span>
                </summary>
                <div class="grid gap-2 pt-2">
                    <AnswerList answers=row.answers />
                    {is_current
                        .then(|| {
                            view! {
                                <a class="quiet-link" href=href>
                                    "See or change answers"
                                </a>
                            }
                        })}
                </div>
            </details>
        }
    });
    let date = row.start.clone().map(|start| view! { <StubDate at=start /> });
    let start = row.start.map_or_else(
        || view! { <span>"Date to be announced"</span> }.into_any(),
        |start| {
            let verb = if row.has_started { "Started: " } else { "Starts: " };
            view! {
                <span>
                    <span class="sr-only">{verb}</span>
                    <LocalTimes at=start />
                </span>
            }
            .into_any()
        },
    );
    let title = row.title.clone();
    let calendars = row.calendars.into_iter().map(move |(name, href)| {
        view! {
            <a class="quiet-link" href=href rel="noopener noreferrer nofollow">
                {name}
                <span class="sr-only">" Calendar: add " <bdi>{title.clone()}</bdi></span>
            </a>
        }
    });
    view! {
        <article class="ticket ticket-wide">
            <div class="ticket-date" aria-hidden="true">{date}</div>
            <div class="ticket-body">
                <h3 class="font-display text-xl font-semibold">
                    <a class="title-link" href=address::competition(row.competition)>
                        <bdi>{row.title.clone()}</bdi>
                    </a>
                </h3>
                <p class="icon-line text-sm font-semibold">
                    <Icon shape=Shape::Calendar />
                    {start}
                </p>
                <PlaceLine place=row.place.clone() />
                {row
                    .place
                    .online_url
                    .filter(|_| is_current)
                    .map(|url| view! { <p class="text-sm"><ExternalLink url /></p> })}
                <p class="icon-line text-sm text-muted">
                    <Icon shape=Shape::Person />
                    <span class="sr-only">"Organizer: "</span>
                    <bdi>{row.organizer}</bdi>
                </p>
            </div>
            <div class="ticket-stub">
                <p>{status}</p>
                {position}
                {reason}
                {answers}
                {can_cancel
                    .then(|| {
                        let calendar = calendar(row.competition, Some(row.registration));
                        view! {
                            <p class="flex flex-wrap gap-x-4">
                                <AddToCalendar href=calendar title=row.title.clone() />
                                {calendars.collect_view()}
                            </p>
                            <a
                                class="quiet-link"
                                href=address::cancel_registration(row.competition)
                            >
                                {cancel_words}
                                <span class="sr-only">" for " <bdi>{row.title.clone()}</bdi></span>
                            </a>
                        }
                    })}
            </div>
        </article>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_has_the_beginning_of_a_long_answer() {
        assert_eq!(shortened("é".repeat(MAX_ANSWER)), "é".repeat(MAX_ANSWER));
        let long = format!("{} b{}", "é".repeat(MAX_ANSWER - 1), "c".repeat(2_000));
        assert_eq!(shortened(long), format!("{}…", "é".repeat(MAX_ANSWER - 1)));
    }
}
