//! The page where a competition is managed.

use domain::CompetitionId;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    addition::AddParticipant,
    address,
    review::ReviewRegistrations,
    roster::Roster,
    screen::{ManageCompetitionScreen, load_manage_competition},
    totals::Totals,
    visibility::{SetVisibility, VisibilityForm},
};
use crate::{
    components::{Head, Heading, Loaded, Toasts, ViewerTime, grouped},
    form::count_replies,
    pages::{
        competitions::{
            StateBadges,
            address::{
                access, awaiting_approval, cancel, competition, cover, duplicate, edit,
                invitations, questions,
            },
        },
        webhooks::address::of_competition,
    },
};

/// The page where a competition is managed.
#[component]
pub fn ManageCompetitionPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| {
        (params.read().get("id").unwrap_or_default(), address::read(&query.read()))
    });
    let set = ServerAction::<SetVisibility>::new();
    let review = ServerAction::<ReviewRegistrations>::new();
    let add = ServerAction::<AddParticipant>::new();
    Toasts::after(review);
    Toasts::after(add);
    let (confirmed, focused) = (StoredValue::new(0), StoredValue::new(0));
    // What is refused leaves the page, with what is chosen and typed.
    let (reviews, additions) =
        (count_replies(review, Result::is_ok), count_replies(add, Result::is_ok));
    let successes = Signal::derive(move || reviews.get() + additions.get());
    // The success of one form ends the error of the other.
    Effect::new(move || {
        if reviews.get() > 0 {
            add.clear();
        }
    });
    Effect::new(move || {
        if additions.get() > 0 {
            review.clear();
        }
    });
    let screen = Resource::new_blocking(
        move || (asked.get(), set.version().get(), successes.get()),
        |((id, query), ..)| load_manage_competition(id, query),
    );
    view! {
        <Loaded from=screen let(screen)>
            <Content screen set confirmed review add successes focused />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: ManageCompetitionScreen,
    set: ServerAction<SetVisibility>,
    /// The number of responses to it that the page has confirmed.
    confirmed: StoredValue<usize>,
    review: ServerAction<ReviewRegistrations>,
    add: ServerAction<AddParticipant>,
    /// The number of reviews and additions that have succeeded.
    successes: Signal<usize>,
    /// The number of them after which the list has taken the focus.
    focused: StoredValue<usize>,
) -> impl IntoView {
    let (id, title) = (screen.id, screen.title.clone());
    let is_cancelled = screen.cancelled_at.is_some();
    let is_draft = screen.visibility.is_draft();
    let cancelled = screen.cancelled_at.clone().map(|at| {
        view! {
            <p class="band">
                <span>
                    "This competition was cancelled on " <ViewerTime at />
                    ". Everyone who was registered will be notified."
                </span>
            </p>
        }
    });
    view! {
        <Head title=format!("Manage {}", screen.title) />
        <div class="grid gap-8">
            <div class="grid gap-3">
                <p>
                    <a class="quiet-link" href=competition(id)>
                        {if is_draft { "Preview" } else { "View public page" }}
                    </a>
                </p>
                <StateBadges availability=screen.availability visibility=screen.visibility />
                <Heading>"Manage " {title}</Heading>
                {screen
                    .is_owner
                    .then(|| {
                        view! {
                            <Actions id is_cancelled can_be_cancelled=screen.can_be_cancelled />
                        }
                    })}
            </div>
            {cancelled}
            {screen
                .can_review
                .then(|| {
                    view! { <AwaitingApproval id waiting=screen.totals.awaiting_approval /> }
                })}
            {(screen.is_owner && !is_cancelled)
                .then(|| {
                    view! {
                        <VisibilityForm
                            id
                            visibility=screen.visibility
                            has_registrations={screen.totals.active() > 0}
                            was_set=screen.was_set
                            error=screen.error.clone()
                            set
                            confirmed
                        />
                    }
                })}
            <Totals
                totals=screen.totals
                is_cancelled
                capacity=screen.capacity
                seats_left=screen.seats_left
            />
            <Roster screen review add successes focused />
        </div>
    }
}

/// How many registrations wait for approval, with a link to them.
#[component]
fn AwaitingApproval(id: CompetitionId, waiting: u64) -> impl IntoView {
    let words = match waiting {
        0 => return None,
        1 => "One registration waits for approval.".to_owned(),
        waiting => format!("{} registrations wait for approval.", grouped(waiting)),
    };
    Some(view! {
        <p class="band">
            <span>
                {words} " " <a class="link" href=awaiting_approval(id)>"Show them"</a>
            </span>
        </p>
    })
}

/// The links to what its organizer can do with the competition.
#[component]
fn Actions(id: CompetitionId, is_cancelled: bool, can_be_cancelled: bool) -> impl IntoView {
    let link = |href, words| view! { <li><a class="btn btn-outline" href=href>{words}</a></li> };
    view! {
        <ul class="flex flex-wrap gap-2">
            {(!is_cancelled).then(|| link(edit(id), "Edit"))}
            {(!is_cancelled).then(|| link(cover(id), "Cover"))}
            {(!is_cancelled).then(|| link(questions(id), "Questions"))}
            {(!is_cancelled).then(|| link(access(id), "Who can register"))}
            {(!is_cancelled).then(|| link(invitations(id, 1), "Invitations"))}
            {(!is_cancelled).then(|| link(of_competition(id), "Webhooks"))}
            {link(duplicate(id), "Duplicate")}
            {can_be_cancelled.then(|| link(cancel(id), "Cancel competition"))}
        </ul>
    }
}
