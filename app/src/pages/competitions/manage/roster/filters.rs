//! The form that searches and filters a roster.

use domain::{AnswerFilter, CompetitionId, RegistrationStatus, RosterOrder, RosterQuery};
use leptos::prelude::*;

use super::{AnswerChoices, RosterList};
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
    let chosen = query.answer.clone();
    let (typed, choices): (Vec<_>, Vec<_>) = choices.into_iter().partition(AnswerChoices::is_typed);
    let typed_answer = typed.iter().find_map(|question| {
        let answer = chosen.as_deref()?.strip_prefix(&question.prefix)?;
        Some((question.prefix.clone(), answer.to_owned()))
    });
    let is_listed = |answer: &String| {
        typed_answer.is_some()
            || choices.iter().any(|question| question.choices.iter().any(|(own, _)| own == answer))
    };
    // Of an option that was removed, or from an address that was typed.
    let other = chosen.clone().filter(|answer| !is_listed(answer)).map(|answer| {
        view! { <option value=answer selected=true>"Another answer"</option> }
    });
    let group = move |question: AnswerChoices| {
        let option = |(value, words): (String, String)| {
            let selected = chosen.as_ref() == Some(&value);
            view! { <option value=value selected=selected>{words}</option> }
        };
        let options = question.choices.into_iter().map(option).collect_view();
        view! { <optgroup label=question.label>{options}</optgroup> }
    };
    let (typed_of, typed_value) = typed_answer.unzip();
    let typed_field = (!typed.is_empty()).then(|| {
        view! {
            <div class="grid gap-1.5">
                <label for="value" class="font-semibold">"Typed answer"</label>
                <input
                    class="input"
                    id="value"
                    name="value"
                    value=typed_value
                    maxlength=AnswerFilter::MAX_LENGTH.to_string()
                    aria-describedby="value-hint"
                />
                <p id="value-hint" class="text-sm text-muted">
                    "The whole answer, to the question that is chosen; a date as 2026-11-30."
                </p>
            </div>
        }
    });
    let typed = (!typed.is_empty()).then(|| {
        let option = |AnswerChoices { prefix, label, .. }: AnswerChoices| {
            let selected = typed_of.as_ref() == Some(&prefix);
            view! { <option value=prefix selected=selected>{label}</option> }
        };
        let options = typed.into_iter().map(option).collect_view();
        view! { <optgroup label="The typed answer to">{options}</optgroup> }
    });
    let has_answers = !choices.is_empty() || typed.is_some() || other.is_some();
    let answers = has_answers.then(|| {
        view! {
            <div class="grid gap-1.5">
                <label for="answer" class="font-semibold">"Answer"</label>
                <select class="select" id="answer" name="answer">
                    <option value="">"Any answer"</option>
                    {other}
                    {choices.into_iter().map(group).collect_view()}
                    {typed}
                </select>
            </div>
            {typed_field}
        }
    });
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
            {answers}
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
