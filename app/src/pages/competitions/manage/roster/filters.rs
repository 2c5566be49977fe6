//! The form that searches and filters a roster.

use domain::{CompetitionId, RegistrationStatus, RosterOrder, RosterQuery};
use leptos::prelude::*;

use super::{AnswerChoices, AnswerFields, RosterList};
use crate::components::{Icon, Shape, status_words};

/// Search, status and answer. The form leaves the page out, because new results start at the first
/// page.
#[component]
pub(super) fn Filters(
    /// The list.
    list: RosterList,
    /// The competition.
    id: CompetitionId,
    /// The query of the page.
    query: RosterQuery,
    /// The answers to choose from.
    choices: Vec<AnswerChoices>,
) -> impl IntoView {
    let has_status = list == RosterList::Participants;
    let narrowed =
        query.search.is_some() || query.answer.is_some() || (has_status && query.status.is_some());
    let option = move |status: RegistrationStatus| {
        let selected = query.status.as_deref() == Some(status.as_str());
        view! { <option value=status.as_str() selected=selected>{status_words(status)}</option> }
    };
    let status = has_status.then(|| {
        view! {
            <div class="grid gap-1.5">
                <label for="status" class="font-semibold">"Status"</label>
                <select class="select" id="status" name="status">
                    <option value="">"Any status"</option>
                    {RegistrationStatus::ALL.map(option).collect_view()}
                </select>
            </div>
        }
    });
    // The order of the waiting list needs its status.
    let is_by_place =
        |sort: &String| sort.trim_start_matches('-') == RosterOrder::Waitlist.as_str();
    let sort = query.sort.filter(|sort| has_status && !is_by_place(sort));
    view! {
        <form action=list.address(id) role="search" class="search-form">
            <div class="grid min-w-0 grow basis-60 gap-1.5">
                <label for="search" class="font-semibold">"Name or email"</label>
                <input class="input" id="search" name="search" type="search" value=query.search />
            </div>
            {status}
            <AnswerFields chosen=query.answer choices />
            {sort.map(|sort| view! { <input type="hidden" name="sort" value=sort /> })}
            <button class="btn btn-primary">
                <Icon shape=Shape::Search />
                "Search"
            </button>
            {narrowed
                .then(|| {
                    view! { <a class="quiet-link" href=list.address(id)>"Clear filters"</a> }
                })}
        </form>
    }
}
