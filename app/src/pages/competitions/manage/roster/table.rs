//! The table of registrations.

use domain::{CompetitionId, RosterOrder, RosterQuery, RosterSort, grouped};
use leptos::prelude::*;

use super::{super::review::ReviewBox, RosterList, RosterRow, address};
use crate::{
    components::{MailRefused, NavigationFocus, StatusBadge, ViewerTime},
    pages::competitions::{address::participant, answer_list::AnswerList},
};

/// The columns that the participants are sorted by.
const COLUMNS: [RosterOrder; 3] = [RosterOrder::Name, RosterOrder::Registered, RosterOrder::Status];

/// The registrations, a row for each.
#[component]
pub(super) fn Table(
    /// The list.
    list: RosterList,
    /// The competition.
    id: CompetitionId,
    /// The query of the page.
    query: RosterQuery,
    /// The order of the rows.
    sort: RosterSort,
    /// The registrations.
    rows: Vec<RosterRow>,
    /// Whether rows can be chosen.
    can_review: bool,
    /// The registrations that are chosen at first.
    chosen: Vec<String>,
) -> impl IntoView {
    let focus = expect_context::<NavigationFocus>();
    let is_line = list == RosterList::WaitingList;
    let sorting = |order: RosterOrder| {
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
    };
    let head = match list {
        RosterList::Participants => COLUMNS.map(sorting).collect_view().into_any(),
        RosterList::WaitingList => view! {
            <th scope="col">{column(RosterOrder::Waitlist)}</th>
            <th scope="col">{column(RosterOrder::Name)}</th>
            <th scope="col">{column(RosterOrder::Registered)}</th>
        }
        .into_any(),
    };
    let row = |row: RosterRow| {
        let who = view! {
            <span class="min-w-0">
                <span class="block font-semibold"><bdi>{row.name.clone()}</bdi></span>
                <span class="block text-sm font-normal text-muted">{row.email}</span>
                {row.mail_refused.then(|| view! { <MailRefused /> })}
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
        let position = row.waitlist_position.map(|position| grouped(position.into()));
        let (first, last) = if is_line {
            let first = view! { <td data-label=column(RosterOrder::Waitlist)>{position}</td> };
            (Some(first), None)
        } else {
            let position = position.map(|position| {
                let words = format!("Position {position}");
                view! { <span class="block text-sm text-muted">{words}</span> }
            });
            let last = view! {
                <td data-label=column(RosterOrder::Status)>
                    <span>
                        <StatusBadge status=row.status />
                        {position}
                        {reason}
                    </span>
                </td>
            };
            (None, Some(last))
        };
        view! {
            <tr>
                {first} <th scope="row">{who} {answers} {details}</th>
                <td data-label=column(RosterOrder::Registered)>
                    <ViewerTime at=row.registered_at />
                </td> {last}
            </tr>
        }
    };
    let caption = if is_line {
        "The waiting list. The first in line gets the next free seat."
    } else {
        "Participants. Use the links in the first row to sort the table."
    };
    view! {
        <table class="data-table" class:data-table-sorted=!is_line>
            <caption class="sr-only">{caption}</caption>
            <thead>
                <tr>{head}</tr>
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
        RosterOrder::Waitlist => "Position",
    }
}
