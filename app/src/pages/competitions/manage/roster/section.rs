//! The registrations. Search, filter, order and pages are links and a form that call the server.

use domain::{CompetitionId, RosterTotals, grouped};
use leptos::{
    html::{Form, H1},
    prelude::*,
};

use super::{
    super::{
        addition::{AddParticipant, AdditionForm},
        review::{ReviewForm, ReviewRegistrations},
    },
    RosterList, RosterScreen, address,
    filters::Filters,
    table::Table,
};
use crate::{
    components::{EmptyState, ErrorSummary, Pagination, PastTheEnd, Seats, focus, page_words},
    form::error_of,
    pages::competitions::address::{edit, manage},
};

/// The registrations of a competition.
#[component]
pub(super) fn Roster(
    /// The data of the page.
    screen: RosterScreen,
    /// Approving, promoting and rejecting.
    review: ServerAction<ReviewRegistrations>,
    /// Adding a participant.
    add: ServerAction<AddParticipant>,
    /// The number of reviews and additions that have succeeded.
    successes: Signal<usize>,
    /// The number of them after which the heading has taken the focus.
    focused: StoredValue<usize>,
    /// The heading of the page.
    heading: NodeRef<H1>,
) -> impl IntoView {
    let RosterScreen { list, query, sort, rows, total, page, pages, .. } = screen;
    let (managed, can_review) = (screen.managed, screen.can_review);
    let id = managed.id;
    let typed = screen.review.typed;
    let chosen = typed.chosen.clone();
    let error = error_of(review, screen.review.error);
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
    let none_yet = in_list(list, screen.totals) == 0;
    let here = query.clone();
    let content = if none_yet {
        let can_edit = managed.is_owner && managed.cancelled_at.is_none();
        let has_waitlist = screen.waitlist_capacity > 0;
        let is_draft = managed.visibility.is_draft();
        view! { <Empty list id can_edit has_waitlist is_draft /> }.into_any()
    } else if rows.is_empty() && total > 0 {
        view! { <PastTheEnd first=address::at_page(list, id, &query, 1) /> }.into_any()
    } else if rows.is_empty() {
        let (title, all) = match list {
            RosterList::Participants => {
                ("No participants match your search", "Show all participants")
            }
            RosterList::WaitingList => {
                ("Nobody on the waiting list matches your search", "Show the whole waiting list")
            }
        };
        view! {
            <EmptyState title=title>
                <p>"Try fewer words or another filter."</p>
                <a class="btn btn-primary" href=list.address(id)>
                    {all}
                </a>
            </EmptyState>
        }
        .into_any()
    } else {
        let any_reviewable = rows.iter().any(|row| row.status.is_reviewable());
        let can_approve = rows.iter().any(|row| row.can_be_approved);
        let can_reject = rows.iter().any(|row| row.status.can_be_rejected());
        let can_promote = rows.iter().any(|row| row.status.can_be_promoted());
        let table = view! { <Table list id query=query.clone() sort rows can_review chosen /> };
        if can_review && any_reviewable {
            let next = address::href(list, id, &query);
            view! {
                <ReviewForm
                    id
                    next
                    can_approve
                    can_promote
                    can_reject
                    typed
                    error
                    review
                    form=review_form
                >
                    {table}
                </ReviewForm>
            }
            .into_any()
        } else {
            table.into_any()
        }
    };
    let printed = (total > 0 && list == RosterList::Participants).then(|| {
        view! {
            <a class="btn btn-outline" href=address::printed(id, &query)>
                "Check-in list"
            </a>
        }
    });
    let addition = (list == RosterList::Participants).then(|| match can_review {
        true => {
            view! { <AdditionForm id start=screen.addition add form=addition_form /> }.into_any()
        }
        // The competition has ended since the form was loaded.
        false => view! { <ErrorSummary error=error_of(add, screen.addition.error) /> }.into_any(),
    });
    let choices = screen.answer_choices;
    view! {
        <div class="grid gap-4">
            <Seats left=screen.seats_left capacity=screen.capacity />
            <div class="flex flex-wrap items-start gap-3">
                {addition}
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
                {printed}
            </div>
            <ErrorSummary error />
            {(!none_yet).then(|| view! { <Filters list id query=query.clone() choices /> })}
            <p role="status" class="font-semibold">{count(total, page, pages)}</p>
            {content}
            <Pagination page pages href=move |page| address::at_page(list, id, &here, page) />
        </div>
    }
}

/// How many registrations the list has without a search.
fn in_list(list: RosterList, totals: RosterTotals) -> u64 {
    match list {
        RosterList::Participants => totals.all(),
        RosterList::WaitingList => totals.waitlisted,
    }
}

/// A list without registrations.
#[component]
fn Empty(
    list: RosterList,
    id: CompetitionId,
    can_edit: bool,
    has_waitlist: bool,
    is_draft: bool,
) -> impl IntoView {
    let first_step = if is_draft { "Publish the competition" } else { "Share the competition" };
    match (list, has_waitlist) {
        (RosterList::Participants, _) => view! {
            <EmptyState title="No participants yet">
                <p>"People who register appear here, in order of registration."</p>
                <a class="btn btn-primary" href=manage(id)>
                    {first_step}
                </a>
            </EmptyState>
        }
        .into_any(),
        (RosterList::WaitingList, true) => view! {
            <EmptyState title="Nobody is waiting">
                <p>
                    "When all seats are taken, people can join the waiting list. A free seat goes \
                        to the first in line."
                </p>
            </EmptyState>
        }
        .into_any(),
        (RosterList::WaitingList, false) => view! {
            <EmptyState title="This competition has no waiting list">
                <p>"Let people wait for a free seat when all seats are taken."</p>
                {can_edit
                    .then(|| {
                        view! {
                            <a class="btn btn-primary" href=edit(id)>
                                "Add a waiting list"
                            </a>
                        }
                    })}
            </EmptyState>
        }
        .into_any(),
    }
}

/// The number of matches, in words.
fn count(total: u64, page: u64, pages: u64) -> String {
    let found: String = match total {
        0 => "No registrations".into(),
        1 => "1 registration".into(),
        total => format!("{} registrations", grouped(total)),
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
