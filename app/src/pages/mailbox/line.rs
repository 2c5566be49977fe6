//! A line of the list: a message, or a thread by its newest message.

use domain::{CompetitionId, MailId, grouped};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Moment, components::ViewerTime};

/// A message in the list, which may stand for its thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailLine {
    /// Its id.
    pub id: MailId,
    /// One line.
    pub subject: String,
    /// When it was sent.
    pub sent_at: Moment,
    /// The competition of the thread, where there are several messages in it.
    pub thread: Option<CompetitionId>,
    /// How many messages there are in the thread.
    pub messages: u64,
    /// How many of them are unread.
    pub unread: u64,
}

#[cfg(feature = "ssr")]
impl MailLine {
    pub(super) fn of(thread: domain::MailThread, clock: &crate::ssr::clock::ViewerClock) -> Self {
        Self {
            id: thread.newest.id,
            subject: thread.newest.subject,
            sent_at: clock.in_viewer_zone(thread.newest.sent_at),
            thread: thread.competition.filter(|_| thread.messages > 1),
            messages: thread.messages,
            unread: thread.unread,
        }
    }
}

/// A line of the list, a link.
#[component]
pub(super) fn Line(
    /// The message or thread.
    line: MailLine,
    /// Whether its message is open.
    is_open: bool,
    /// Its address.
    href: String,
) -> impl IntoView {
    let unread = (line.unread > 0).then(|| {
        let words = unread_words(&line);
        view! { <span class="badge badge-accent badge-sm shrink-0">{words}</span> }
    });
    let count = line.thread.map(|_| format!("{} messages, the newest ", grouped(line.messages)));
    view! {
        <a
            class="mail-line"
            class:mail-unread=line.unread != 0
            aria-current=is_open.then_some("true")
            href=href
        >
            <span class="flex items-start justify-between gap-2">
                <bdi>{line.subject}</bdi>
                {unread}
            </span>
            <span class="text-sm font-normal text-muted">
                {count}
                <ViewerTime at=line.sent_at />
            </span>
        </a>
    }
}

/// `Unread`, or how many messages of a thread are.
fn unread_words(line: &MailLine) -> String {
    match line.thread {
        Some(_) => format!("{} unread", grouped(line.unread)),
        None => "Unread".to_owned(),
    }
}
