//! The mailbox: a list, and the message that is open.

use domain::{Mail, MailId, Timestamp};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::reader::Reader;
use crate::{
    components::{EmptyState, FailureView, Head, Heading, Time},
    error::Failure,
    viewer::CurrentViewer,
};

/// A message in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailLine {
    /// Which one.
    pub id: MailId,
    /// One line.
    pub subject: String,
    /// When it was put there.
    pub sent_at: Timestamp,
    /// Whether it was never opened.
    pub unread: bool,
}

impl From<Mail> for MailLine {
    fn from(mail: Mail) -> Self {
        Self {
            id: mail.id,
            subject: mail.subject,
            sent_at: mail.sent_at,
            unread: mail.read_at.is_none(),
        }
    }
}

/// What the mailbox shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxScreen {
    /// Newest first.
    pub lines: Vec<MailLine>,
    /// The message that is open.
    pub open: Option<Mail>,
    /// Whether it was unread until now.
    pub just_read: bool,
}

/// The address of a message.
fn href(id: MailId) -> String {
    format!("/mailbox?mail={id}")
}

/// The mailbox, with the message `mail` open. To open a message is to read it.
#[server(prefix = "/fn", endpoint = "mailbox")]
pub async fn load_mailbox(#[server(default)] mail: String) -> Result<MailboxScreen, Failure> {
    use crate::ssr::{
        request::{self, Kind},
        response,
    };
    use domain::{ErrorCode, PublicError};

    let (ctx, actor) = (request::context(), request::actor());
    let mut mails = service::mailbox::list(&ctx, &actor).await?;
    let (mut open, mut just_read) = (None, false);
    if !mail.is_empty() {
        let not_found = || PublicError::new(ErrorCode::MailNotFound, "Message not found");
        let id = mail.parse().map_err(|_| not_found())?;
        let line = mails.iter_mut().find(|mail| mail.id == id).ok_or_else(not_found)?;
        if line.read_at.is_none() {
            *line = service::mailbox::mark_read(&ctx, &actor, id).await?;
            just_read = true;
            // The number of unread messages above the page may have been counted before, so the page is loaded
            // again.
            if request::kind() == Kind::Page {
                response::redirect_page(&href(id));
            }
        }
        open = Some(line.clone());
    }
    let lines = mails.into_iter().map(MailLine::from).collect();
    Ok(MailboxScreen { lines, open, just_read })
}

/// The mailbox.
#[component]
pub fn MailboxPage() -> impl IntoView {
    let params = use_query_map();
    let mail = Memo::new(move |_| params.read().get("mail").unwrap_or_default());
    let screen = Resource::new_blocking(move || mail.get(), load_mailbox);
    view! {
        <Transition fallback=|| view! { <div class="skeleton h-96" aria-hidden="true"></div> }>
            {move || Suspend::new(async move {
                match screen.await {
                    Ok(screen) => view! { <Content screen /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Content(screen: MailboxScreen) -> impl IntoView {
    let MailboxScreen { lines, open, just_read } = screen;
    if just_read {
        // The head of the page counts unread messages, too.
        let viewer = expect_context::<CurrentViewer>();
        Effect::new(move || viewer.resource.refetch());
    }
    let unread = lines.iter().filter(|line| line.unread).count();
    let open_id = open.as_ref().map(|mail| mail.id);
    let is_empty = lines.is_empty();
    let line = move |line: MailLine| {
        let is_open = open_id == Some(line.id);
        view! { <li><Line line is_open /></li> }
    };
    view! {
        <Head title="Mailbox" />
        <div class="grid gap-6">
            <div class="grid gap-1">
                <Heading takes_focus=open_id.is_none()>"Mailbox"</Heading>
                <p class="text-muted">{summary(lines.len(), unread)}</p>
            </div>
            {is_empty
                .then(|| {
                    view! {
                        <EmptyState title="No message yet">
                            <p>"Confirmations and reminders will arrive here."</p>
                            <a class="btn btn-primary" href="/competitions">"See open competitions"</a>
                        </EmptyState>
                    }
                })}
            <div class="mailbox" class:mailbox-open=open_id.is_some()>
                <ul aria-label="Messages" class="mail-list">
                    {lines.into_iter().map(line).collect_view()}
                </ul>
                {open.map(|mail| view! { <Reader mail /> })}
            </div>
        </div>
    }
}

#[component]
fn Line(line: MailLine, is_open: bool) -> impl IntoView {
    view! {
        <a
            class="mail-line"
            class:mail-unread=line.unread
            aria-current=is_open.then_some("true")
            href=href(line.id)
        >
            <span class="flex items-start justify-between gap-2">
                <span>{line.subject}</span>
                {line
                    .unread
                    .then(|| view! { <span class="badge badge-accent badge-sm">"Unread"</span> })}
            </span>
            <span class="text-sm font-normal text-muted"><Time at=line.sent_at /></span>
        </a>
    }
}

/// `3 messages, 1 unread`.
fn summary(all: usize, unread: usize) -> String {
    let messages = if all == 1 { "message" } else { "messages" };
    format!("{all} {messages}, {unread} unread")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_counted_in_words() {
        assert_eq!(summary(1, 0), "1 message, 0 unread");
        assert_eq!(summary(3, 2), "3 messages, 2 unread");
    }
}
