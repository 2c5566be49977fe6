//! The participants. Search, filter, order and pages are links and a form that call the server.

use domain::{CompetitionId, RegistrationStatus, RosterOrder, RosterQuery, RosterSort};
use leptos::{
    html::{Form, H2},
    prelude::*,
};

use super::{
    addition::{AddParticipant, AdditionForm},
    address,
    answer_choices::AnswerChoices,
    answer_list::AnswerList,
    review::{ReviewBox, ReviewForm, ReviewRegistrations},
    screen::{ManageCompetitionScreen, RosterRow},
};
use crate::{
    components::{
        EmptyState, ErrorSummary, Icon, NavigationFocus, Pagination, PastTheEnd, Shape,
        StatusBadge, ViewerTime, focus, page_words, status_words,
    },
    form::error_of,
    pages::competitions::address::{manage, participant},
};

/// The participants of a competition.
#[component]
pub(super) fn Roster(
    /// The data of the page.
    screen: ManageCompetitionScreen,
    /// Approving, promoting and rejecting.
    review: ServerAction<ReviewRegistrations>,
    /// Adding a participant.
    add: ServerAction<AddParticipant>,
    /// The number of reviews and additions that have succeeded.
    successes: Signal<usize>,
    /// The number of them after which the list has taken the focus.
    focused: StoredValue<usize>,
) -> impl IntoView {
    let ManageCompetitionScreen { id, query, sort, rows, total, page, pages, .. } = screen;
    let (can_review, choices) = (screen.can_review, screen.answer_choices);
    let typed = screen.review.typed;
    let chosen = typed.chosen.clone();
    let error = error_of(review, screen.review.error);
    let heading = NodeRef::<H2>::new();
    let (review_form, addition_form) = (NodeRef::<Form>::new(), NodeRef::<Form>::new());
    Effect::new(move || {
        // The button is gone: the table is rendered again.
        let successes = successes.get_untracked();
        if successes > focused.get_value()
            && let Some(heading) = heading.get()
        {
            focused.set_value(successes);
            // The elements stay when the page is rendered again, with what was chosen and typed.
            for form in [review_form, addition_form] {
                if let Some(form) = form.get_untracked() {
                    form.reset();
                }
            }
            focus(heading);
        }
    });
    let none_yet = screen.totals.all() == 0;
    let here = query.clone();
    let content = if none_yet {
        view! {
            <EmptyState title="No participants yet">
                <p>"People who register appear here, in order of registration."</p>
            </EmptyState>
        }
        .into_any()
    } else if rows.is_empty() && total > 0 {
        view! { <PastTheEnd first=address::at_page(id, &query, 1) /> }.into_any()
    } else if rows.is_empty() {
        view! {
            <EmptyState title="No participants match your search">
                <p>"Try fewer words or another status."</p>
                <a class="btn btn-primary" href=manage(id)>"Show all participants"</a>
            </EmptyState>
        }
        .into_any()
    } else {
        let any_reviewable = rows.iter().any(|row| row.status.is_reviewable());
        let can_approve = rows.iter().any(|row| row.can_be_approved);
        let can_promote = rows.iter().any(|row| row.status.can_be_promoted());
        let table = view! { <Table id query=query.clone() sort rows can_review chosen /> };
        if can_review && any_reviewable {
            let next = address::href(id, &query);
            view! {
                <ReviewForm id next can_approve can_promote typed error review form=review_form>
                    {table}
                </ReviewForm>
            }
            .into_any()
        } else {
            table.into_any()
        }
    };
    let addition = match can_review {
        true => {
            view! { <AdditionForm id start=screen.addition add form=addition_form /> }.into_any()
        }
        // The competition has ended since the form was loaded.
        false => view! { <ErrorSummary error=error_of(add, screen.addition.error) /> }.into_any(),
    };
    view! {
        <section aria-labelledby="roster" class="grid gap-4">
            <div class="flex flex-wrap items-center justify-between gap-3">
                <h2 id="roster" class="subheading outline-none" node_ref=heading tabindex="-1">
                    "Participants"
                </h2>
                // `external`, because the router would treat it as a page.
                {(total > 0)
                    .then(|| {
                        view! {
                            <a
                                class="btn btn-outline"
                                rel="external"
                                download=""
                                href=address::csv(id, &query)
                            >
                                "Download as CSV"
                            </a>
                        }
                    })}
            </div>
            {addition} <ErrorSummary error />
            {(!none_yet).then(|| view! { <Filters id query=query.clone() choices /> })}
            <p role="status" class="font-semibold">{count(total, page, pages)}</p>
            {content}
            <Pagination page pages href=move |page| address::at_page(id, &here, page) />
        </section>
    }
}

/// Search, status and answer. The form leaves the page out, because new results start at the first
/// page.
#[component]
fn Filters(
    id: CompetitionId,
    query: RosterQuery,
    /// The answers to choose from.
    choices: Vec<AnswerChoices>,
) -> impl IntoView {
    let narrowed = query.search.is_some() || query.status.is_some() || query.answer.is_some();
    let chosen = query.answer.clone();
    let is_listed = |answer: &String| {
        choices.iter().any(|question| question.choices.iter().any(|(value, _)| value == answer))
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
    let answers = (!choices.is_empty() || other.is_some()).then(|| {
        view! {
            <div class="grid gap-1.5">
                <label for="answer" class="font-semibold">"Answer"</label>
                <select class="select" id="answer" name="answer">
                    <option value="">"Any answer"</option>
                    {other}
                    {choices.into_iter().map(group).collect_view()}
                </select>
            </div>
        }
    });
    let option = move |status: RegistrationStatus| {
        let selected = query.status.as_deref() == Some(status.as_str());
        view! { <option value=status.as_str() selected=selected>{status_words(status)}</option> }
    };
    let options = RegistrationStatus::ALL.map(option).collect_view();
    view! {
        <form action=manage(id) role="search" class="search-form">
            <div class="grid min-w-0 grow basis-60 gap-1.5">
                <label for="search" class="font-semibold">"Name or email"</label>
                <input class="input" id="search" name="search" type="search" value=query.search />
            </div>
            <div class="grid gap-1.5">
                <label for="status" class="font-semibold">"Status"</label>
                <select class="select" id="status" name="status">
                    <option value="">"Any status"</option>
                    {options}
                </select>
            </div>
            {answers}
            {query.sort.map(|sort| view! { <input type="hidden" name="sort" value=sort /> })}
            <button class="btn btn-primary">
                <Icon shape=Shape::Search />
                "Search"
            </button>
            {narrowed
                .then(|| {
                    view! { <a class="quiet-link" href=manage(id)>"Clear filters"</a> }
                })}
        </form>
    }
}

#[component]
fn Table(
    id: CompetitionId,
    query: RosterQuery,
    sort: RosterSort,
    rows: Vec<RosterRow>,
    /// Whether rows can be chosen.
    can_review: bool,
    /// The registrations that are chosen at first.
    chosen: Vec<String>,
) -> impl IntoView {
    let focus = expect_context::<NavigationFocus>();
    let head = RosterOrder::ALL.map(|order| {
        let is_sorted = sort.by == order;
        let direction = if sort.descending { "descending" } else { "ascending" };
        let arrow = match (is_sorted, sort.descending) {
            (true, false) => "↑",
            (true, true) => "↓",
            (false, _) => "",
        };
        let href = address::sorted(id, &query, sort.toggled(order));
        let link = format!("sort-{}", order.as_str());
        view! {
            <th scope="col" aria-sort=is_sorted.then_some(direction)>
                <a
                    class="quiet-link gap-1"
                    id=link.clone()
                    href=href
                    data-noscroll=""
                    on:click=move |_| focus.keep_with(link.clone())
                >
                    {column(order)} <span aria-hidden="true">{arrow}</span>
                </a>
            </th>
        }
    });
    let row = |row: RosterRow| {
        let who = view! {
            <span class="min-w-0">
                <span class="block font-semibold"><bdi>{row.name.clone()}</bdi></span>
                <span class="block text-sm font-normal text-muted">{row.email}</span>
            </span>
        };
        // Not the name, which is the label of a box.
        let details = view! {
            <a
                class="quiet-link text-sm font-normal"
                href=participant(id, row.registration)
                aria-label=format!("Details of {}", row.name)
            >
                "Details"
            </a>
        };
        let answers = (!row.answers.is_empty()).then(|| {
            view! {
                <details class="text-sm font-normal">
                    <summary class="quiet-link">"Answers"</summary>
                    <div class="pt-2">
                        <AnswerList answers=row.answers />
                    </div>
                </details>
            }
        });
        let who = if can_review && row.status.is_reviewable() {
            let id = row.registration.to_string();
            let checked = chosen.contains(&id);
            view! {
                <ReviewBox id checked>
                    {who}
                </ReviewBox>
            }
            .into_any()
        } else {
            who.into_any()
        };
        let reason = row.rejection_reason.map(|reason| {
            view! { <span class="block text-sm text-muted" dir="auto">{reason}</span> }
        });
        view! {
            <tr>
                <th scope="row">{who} {answers} {details}</th>
                <td data-label=column(RosterOrder::Registered)>
                    <ViewerTime at=row.registered_at />
                </td>
                <td data-label=column(RosterOrder::Status)>
                    <span>
                        <StatusBadge status=row.status />
                        {reason}
                    </span>
                </td>
            </tr>
        }
    };
    view! {
        <table class="data-table data-table-sorted">
            <caption class="sr-only">
                "Participants. Use the links in the first row to sort the table."
            </caption>
            <thead>
                <tr>{head.collect_view()}</tr>
            </thead>
            <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

fn column(order: RosterOrder) -> &'static str {
    match order {
        RosterOrder::Name => "Name",
        RosterOrder::Registered => "Registered",
        RosterOrder::Status => "Status",
    }
}

/// The number of matches, in words.
fn count(total: u64, page: u64, pages: u64) -> String {
    let found: String = match total {
        0 => "No registrations".into(),
        1 => "1 registration".into(),
        total => format!("{total} registrations"),
    };
    found + &page_words(page, pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registrations_are_counted_in_words() {
        assert_eq!(count(0, 1, 1), "No registrations");
        assert_eq!(count(1, 1, 1), "1 registration");
        assert_eq!(count(60, 2, 3), "60 registrations, page 2 of 3");
        assert_eq!(count(60, 9, 3), "60 registrations");
    }
}
