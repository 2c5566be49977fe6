//! The list of messages, in which several can be chosen.

use domain::{MailId, MailboxQuery};
use leptos::{html::Input, prelude::*};

use super::{
    address,
    change::{ChangeMail, IDS},
    line::{Line, MailLine},
};
use crate::{
    components::{ErrorSummary, MadeFor},
    form::FormError,
};

/// The list beside an open message.
#[component]
pub(super) fn PlainList(
    /// The messages.
    lines: Vec<MailLine>,
    /// The query of the page.
    query: MailboxQuery,
    /// The open message.
    open: MailId,
) -> impl IntoView {
    let line = |line: MailLine| {
        let (is_open, href) = (line.id == open, href(&line, &query));
        view! { <li><Line line is_open href /></li> }
    };
    view! {
        <ul aria-label="Messages" class="mail-list">
            {lines.into_iter().map(line).collect_view()}
        </ul>
    }
}

/// The list with a box beside each message, and buttons that change those that were chosen.
#[component]
pub(super) fn ChoiceList(
    /// The messages.
    lines: Vec<MailLine>,
    /// The query of the page.
    query: MailboxQuery,
    /// Changes those that were chosen.
    action: ServerAction<ChangeMail>,
    /// The error of the last change.
    error: FormError,
) -> impl IntoView {
    let boxes: Vec<_> = lines.iter().map(|_| NodeRef::<Input>::new()).collect();
    let are_threads =
        query.search.is_none() && query.competition.is_none() && query.deleted.is_none();
    let is_deleted = query.search.is_none() && query.deleted.is_some();
    let any_unread = lines.iter().any(|line| line.unread > 0);
    let next = address::href(&query, None);
    let line = |(line, node_ref): (MailLine, NodeRef<Input>)| {
        let (id, href) = (line.id.to_string(), href(&line, &query));
        let label = format!("Choose: {}", line.subject);
        view! {
            <li class="mail-choice">
                <label class="mail-box">
                    <input
                        node_ref=node_ref
                        class="checkbox"
                        type="checkbox"
                        name=IDS
                        value=id
                        aria-label=label
                    />
                </label>
                <Line line is_open=false href />
            </li>
        }
    };
    let lines = lines.into_iter().zip(boxes.clone()).map(line).collect_view();
    let button = |value: &'static str, text: &'static str| {
        view! { <button class="btn btn-sm min-h-11" name="change" value=value>{text}</button> }
    };
    let buttons = if is_deleted {
        button("restore", "Restore").into_any()
    } else {
        view! {
            {any_unread.then(|| button("read", "Mark as read"))}
            {button("unread", "Mark as unread")}
            {button("delete", "Delete")}
        }
        .into_any()
    };
    view! {
        <ActionForm action attr:class="grid min-w-0 gap-3">
            <input type="hidden" name="next" value=next />
            <input type="hidden" name="threads" value=are_threads.to_string() />
            <MadeFor />
            <ErrorSummary error />
            <div
                role="group"
                aria-label="Chosen messages"
                class="flex flex-wrap items-center gap-2"
            >
                <ChooseAll boxes />
                {buttons}
            </div>
            <ul id="messages" tabindex="-1" aria-label="Messages" class="mail-list outline-none">
                {lines}
            </ul>
        </ActionForm>
    }
}

/// A box that checks all others; it needs JavaScript.
#[component]
fn ChooseAll(boxes: Vec<NodeRef<Input>>) -> impl IntoView {
    let choose = move |event| {
        let is_checked = event_target_checked(&event);
        for one in boxes.iter().filter_map(|one| one.get_untracked()) {
            one.set_checked(is_checked);
        }
    };
    view! {
        <label class="needs-script mail-box gap-2">
            <input class="checkbox" type="checkbox" on:change=choose />
            "Choose all"
        </label>
    }
}

/// A thread leads to its messages, a message to itself.
fn href(line: &MailLine, query: &MailboxQuery) -> String {
    match line.thread {
        Some(competition) => address::thread(competition),
        None => address::href(query, Some(line.id)),
    }
}
