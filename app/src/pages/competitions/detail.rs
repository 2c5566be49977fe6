//! The page of a competition.

use domain::{Availability, CallToAction, CompetitionId, Room, Visibility, seats_taken};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    StateBadges, address,
    calendar::{AddToCalendar, calendar},
    call_to_action::{CallToActionPanel, access_words, approval_words},
    cover::CoverImage,
    detail_screen::{CompetitionDetailScreen, load_competition_detail},
    for_organizer::{DraftBanner, Mine},
    glance::Glance,
    links::LinkLines,
    live_seats::{self, SeatState},
    messages::Updates,
    reach_bar::ReachBar,
    register_form::{FormPage, Register},
    tags::Tags,
    waiting_words::waiting_words,
};
use crate::{
    components::{
        Countdown, Head, Heading, Layout, Loaded, LocalTimes, Seats, Share, ordinal, refresh_soon,
    },
    pages::dashboard_view::DashboardView,
};

/// The page of a competition.
#[component]
pub fn CompetitionDetailPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let register = ServerAction::<Register>::new();
    let source = move || (id.get(), register.version().get());
    let screen = Resource::new_blocking(source, |(id, _)| load_competition_detail(id));
    let query = use_query_map();
    let code = Memo::new(move |_| query.read().get("code").unwrap_or_default());
    let news = RwSignal::new("");
    let newest = StoredValue::new(None);
    let focused = StoredValue::new(0);
    let is_waiting = StoredValue::new(false);
    let (version, pending) = (register.version(), register.pending());
    // The competition to load, and the number of registrations sent before. `None` after the user
    // has left the page, and while the response to a registration is pending: it reloads the page.
    let requested = move || {
        let is_pending = pending.try_get_untracked()?;
        (!is_pending).then_some((id.try_get_untracked()?, version.try_get_untracked()?))
    };
    // The response is ignored when the page shows another competition by then, or when the user has
    // registered since it was requested.
    let load = move || async move {
        let before = requested()?;
        let loaded = load_competition_detail(before.0.clone()).await;
        (requested()? == before).then_some(loaded)
    };
    let refresh = move || refresh_soon(screen, is_waiting, load);
    view! {
        // The element stays while its text changes, because screen readers announce changes inside
        // an existing live region.
        <p role="status" class="sr-only" inner_html=news></p>
        <Loaded layout=Layout::Panel from=screen let(screen)>
            <Detail screen code register news newest focused refresh />
        </Loaded>
    }
}

#[component]
fn Detail(
    screen: CompetitionDetailScreen,
    /// The access code in the address.
    code: Memo<String>,
    register: ServerAction<Register>,
    /// The text that screen readers announce.
    news: RwSignal<&'static str>,
    /// The newest state that the page has received; a response with an older one may arrive later.
    newest: StoredValue<Option<(CompetitionId, SeatState)>>,
    /// The registration after which the panel has taken the focus.
    focused: StoredValue<usize>,
    /// Refreshes the page.
    refresh: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let CompetitionDetailScreen { id, seats_left, capacity, now, sequence, .. } = screen;
    let was_cancelled = screen.call_to_action == CallToAction::Cancelled;
    let is_past = was_cancelled || screen.call_to_action.has_started();
    let CompetitionDetailScreen { waitlist_capacity, waitlisted, departures, .. } = screen;
    let seats = RwSignal::new((seats_left, capacity));
    let waiting = RwSignal::new(waitlisted);
    let waits = matches!(screen.call_to_action, CallToAction::Waitlisted(_));
    // Others see nothing of whether the list is full.
    let offers_list = matches!(
        screen.call_to_action,
        CallToAction::Full | CallToAction::JoinWaitlist | CallToAction::LogIn
    );
    let list_is_full = move |waiting| waiting >= waitlist_capacity;
    let show = move |state: SeatState| {
        let SeatState { left, capacity, cancelled, .. } = state;
        seats.set((left, capacity));
        waiting.set(state.waitlisted);
        if cancelled && !was_cancelled {
            news.set("This competition was cancelled.");
            refresh();
        } else if (left == 0) != (seats_left == 0) {
            // Not for every number, which would be too much to listen to.
            news.set(if left == 0 { "No seats are left." } else { "A seat is available again." });
            refresh();
        } else if (waits && state.departures.is_some_and(|now| now != departures))
            || offers_list && list_is_full(state.waitlisted) != list_is_full(waitlisted)
        {
            // The viewer's position has changed, or the list takes more, or no more.
            refresh();
        }
    };
    let known = newest.get_value().filter(|(of, state)| *of == id && state.sequence > sequence);
    let known = known.map(|(_, state)| state);
    if let Some(state) = known {
        Effect::new(move || show(state));
    }
    let known = known.map_or(sequence, |state| state.sequence);
    live_seats::watch(id, known, move |state| {
        // A server of an older version sends no sequence; its state must not block later ones.
        if state.sequence < u32::MAX {
            newest.set_value(Some((id, state)));
        }
        show(state);
    });
    let code = code.get_untracked();
    let form_page = FormPage::of(id, screen.access, screen.asks, &code);
    let (bar_form_page, bar_code) = (form_page.clone(), code.clone());
    let calendar = calendar(id, screen.registration);
    let organizer = match screen.organizer.clone() {
        Some((name, id)) => view! {
            <a class="quiet-link" href=address::of_organizer(id, screen.status)>
                <bdi>{name}</bdi>
            </a>
        }
        .into_any(),
        None => "Account deleted".into_any(),
    };
    let opens = screen.opens.clone().filter(|_| !is_past).map(|opens| {
        let to = opens.at;
        view! {
            <dt>"Registration opens"</dt>
            <dd>
                <LocalTimes at=opens />
                <Countdown verb="Opens" to now on_end=refresh />
            </dd>
        }
    });
    let starts = if screen.call_to_action.has_started() { "Started" } else { "Starts" };
    let has_ended = screen.end.as_ref().is_some_and(|end| end.at <= now);
    let ends = if has_ended { "Ended" } else { "Ends" };
    let lead = screen.lead.clone().map(|lead| view! { <p class="lead" dir="auto">{lead}</p> });
    let waitlist_ends = screen.waitlist_ends.clone().filter(|_| !is_past).map(|end| {
        let to = end.at;
        view! {
            <dt>"Waiting list ends"</dt>
            <dd>
                <LocalTimes at=end />
                <Countdown verb="Ends" to now on_end=refresh />
            </dd>
        }
    });
    // A deleted draft takes nobody, and nobody was notified of it.
    let is_deleted = was_cancelled && screen.visibility.is_draft();
    let panel = match is_deleted {
        true => view! {
            <a class="btn btn-block" href=DashboardView::Competitions.address()>
                {DashboardView::Competitions.label()}
            </a>
        }
        .into_any(),
        false => view! {
            {screen.is_mine.then(|| view! { <Mine id can_edit=!was_cancelled /> })}
            <CallToActionPanel
                id
                call_to_action=screen.call_to_action
                form_page
                code
                can_change_answers=screen.can_change_answers
                opens=screen.opens
                rejection_reason=screen.rejection_reason
                idempotency_key=screen.idempotency_key
                error=screen.error
                register
                focused
            />
        }
        .into_any(),
    };
    let (title, deadline) = (screen.title.clone(), screen.deadline.clone());
    let visibility = screen.visibility;
    let is_draft = visibility.is_draft();
    let state = match (was_cancelled, is_draft) {
        (_, true) => Some(Availability::Draft),
        (true, false) => Some(Availability::Cancelled),
        (false, false) => None,
    };
    // Nobody else could open the link to a draft.
    let share = (!is_draft).then(|| view! { <Share path=address::competition(id) /> });
    // None is left of what is over.
    let meter = match is_past {
        true => {
            let words = seats_taken(seats_left, capacity);
            view! { <p class="font-semibold tabular-nums">{words}</p> }.into_any()
        }
        false => {
            let left = Signal::derive(move || seats.get().0);
            let capacity = Signal::derive(move || seats.get().1);
            view! { <Seats left capacity /> }.into_any()
        }
    };
    let access = access_words(screen.access)
        .filter(|_| !is_past)
        .map(|words| view! { <p class="text-sm text-muted">{words}</p> });
    // How many the list takes; nobody joins it after the deadline.
    let takes_more = if was_cancelled || deadline.at <= now { 0 } else { waitlist_capacity };
    let room = move || Room {
        seats_left: seats.get().0,
        waitlisted: if is_past { 0 } else { waiting.get() },
        waitlist_capacity: takes_more,
    };
    let approval = (screen.approval_required && !is_past).then(|| {
        let words = move || approval_words(room());
        view! { <p class="text-sm text-muted">{words}</p> }
    });
    let can_join = screen.call_to_action == CallToAction::JoinWaitlist;
    let list_words = move || {
        let room = room();
        let mut words = waiting_words(room)?;
        if can_join {
            words += &format!(" You would be {} in line.", ordinal(room.waitlisted + 1));
        }
        Some(words)
    };
    let closes = (!is_past).then(|| {
        let to = deadline.at;
        view! {
            <dt>"Registration closes"</dt>
            <dd>
                <Countdown verb="Closes" to now on_end=refresh />
                <LocalTimes at=deadline />
            </dd>
        }
    });
    let dates =
        (!is_past).then(|| view! { <dl class="facts">{opens} {closes} {waitlist_ends}</dl> });
    let calendar = (!is_past).then(|| view! { <p><AddToCalendar href=calendar /></p> });
    view! {
        <Head
            title=screen.title.clone()
            description=screen.summary.clone()
            path=address::competition(id)
            picture=(
                address::social_picture(id, screen.sequence),
                format!("{}: date, place and seats", screen.title),
            )
            noindex=visibility != Visibility::Public
        />
        {is_draft.then(|| view! { <DraftBanner id is_cancelled=was_cancelled /> })}
        <article class="detail">
            <div class="detail-head">
                <p><a class="quiet-link" href=address::LIST>"All competitions"</a></p>
                <div class="overflow-hidden rounded-box">
                    <CoverImage
                        picture=screen.cover.clone()
                        sizes="(min-width: 64rem) 42rem, 100vw"
                        loading="eager"
                    />
                </div>
                <StateBadges availability=state visibility />
                <Heading><span class="block" dir="auto">{title}</span></Heading>
                {lead}
                <Glance
                    starts
                    start=screen.start.clone()
                    place=screen.place.clone()
                    ends
                    end=screen.end.clone()
                    organizer
                />
                <Tags tags=screen.tags.clone() />
            </div>
            <aside
                id="registration"
                tabindex="-1"
                aria-label="Registration"
                class="ticket self-start"
            >
                <div class="ticket-body">
                    {meter}
                    {access} {approval}
                    {move || {
                        list_words()
                            .map(|words| view! { <p class="text-sm text-muted">{words}</p> })
                    }}
                    {dates}
                    {calendar}
                </div>
                <div class="ticket-stub">
                    {panel}
                </div>
            </aside>
            <div class="detail-body">
                <Updates updates=screen.updates.clone() />
                // Sanitized on the server.
                <div class="prose-text markdown" inner_html=screen.description.clone()></div>
                <div class="contents" inner_html=screen.sections.clone()></div>
                <LinkLines links=screen.links.clone() />
                {share}
            </div>
            <ReachBar
                id
                call_to_action=screen.call_to_action
                form_page=bar_form_page
                code=bar_code
                register
            />
        </article>
    }
}
