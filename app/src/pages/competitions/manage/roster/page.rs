//! The pages with the registrations of a competition: the participants, and the waiting list.

use leptos::{html::H1, prelude::*};
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    super::{addition::AddParticipant, review::ReviewRegistrations},
    RosterList, address,
    screen::load_roster,
    section::Roster,
};
use crate::{
    components::{Layout, Loaded, Toasts},
    form::{count_replies, keep_one_error},
    pages::competitions::managed::ManageHeader,
};

/// The page with the participants of a competition.
#[component]
pub fn ParticipantsPage() -> impl IntoView {
    view! { <RosterPage list=RosterList::Participants /> }
}

/// The page with the waiting list of a competition.
#[component]
pub fn WaitingListPage() -> impl IntoView {
    view! { <RosterPage list=RosterList::WaitingList /> }
}

#[component]
fn RosterPage(list: RosterList) -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| {
        (params.read().get("id").unwrap_or_default(), address::read(&query.read()))
    });
    let review = ServerAction::<ReviewRegistrations>::new();
    let add = ServerAction::<AddParticipant>::new();
    Toasts::after(review);
    Toasts::after(add);
    let focused = StoredValue::new(0);
    // What is refused leaves the page, with what is chosen and typed.
    let (reviews, additions) =
        (count_replies(review, Result::is_ok), count_replies(add, Result::is_ok));
    let successes = Signal::derive(move || reviews.get() + additions.get());
    keep_one_error(review, add);
    let screen = Resource::new_blocking(
        move || (asked.get(), successes.get()),
        move |((id, query), _)| load_roster(id, list, query),
    );
    let content = move |screen: super::RosterScreen| {
        let heading = NodeRef::<H1>::new();
        view! {
            <div class="grid gap-8">
                <ManageHeader managed=screen.managed.clone() tab=list.tab() heading />
                <Roster screen review add successes focused heading />
            </div>
        }
    };
    view! { <Loaded layout=Layout::Tabs from=screen children=content /> }
}
