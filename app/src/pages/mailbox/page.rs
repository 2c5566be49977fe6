//! The mailbox: a list, and the open message.

use domain::{MailId, MailQuery, grouped};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{MarkMailUnread, OpenMail, ReadAllMail, address, reader::Reader};
use crate::{
    Moment,
    components::{
        EmptyState, Head, Heading, Icon, Loaded, Pagination, PastTheEnd, Shape, Submit, Toasts,
        ViewerTime, page_words,
    },
    error::Failure,
    viewer::CurrentViewer,
};

/// A message in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailLine {
    /// Its id.
    pub id: MailId,
    /// One line.
    pub subject: String,
    /// When it was sent.
    pub sent_at: Moment,
    /// Whether it is unread.
    pub unread: bool,
}

#[cfg(feature = "ssr")]
impl MailLine {
    fn of(mail: domain::Mail, clock: &crate::ssr::clock::ViewerClock) -> Self {
        Self {
            id: mail.id,
            subject: mail.subject,
            sent_at: clock.in_viewer_zone(mail.sent_at),
            unread: mail.read_at.is_none(),
        }
    }
}

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxScreen {
    /// The query of the address.
    pub query: MailQuery,
    /// The messages of this page, newest first.
    pub lines: Vec<MailLine>,
    /// The number of matches, on all pages.
    pub total: u64,
    /// Counted from 1.
    pub page: u64,
    /// The number of pages.
    pub pages: u64,
    /// The number of unread messages in the whole mailbox.
    pub unread: u64,
    /// Whether the mailbox has any message.
    pub any: bool,
    /// The open message.
    pub open: Option<OpenMail>,
    /// Whether it was unread before.
    pub just_read: bool,
}

/// Loads the mailbox with the message `mail` open. Opening a message marks it as read.
#[server(prefix = "/fn", endpoint = "mailbox")]
pub async fn load_mailbox(
    #[server(default)] query: MailQuery,
    #[server(default)] mail: String,
) -> Result<MailboxScreen, Failure> {
    use crate::ssr::{
        clock::ViewerClock,
        request::{self, RequestKind},
        response,
    };
    use domain::{ErrorCode, PublicError};
    use service::mail::mailbox;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    actor.user()?;
    let filter = query.check()?;
    let (mut open, mut just_read) = (None, false);
    if !mail.is_empty() {
        let not_found = |_| PublicError::new(ErrorCode::MailNotFound, "Message not found");
        let id = mail.parse().map_err(not_found)?;
        let mut mail = mailbox::get(&ctx, &actor, id).await?;
        if mail.read_at.is_none() {
            mail = mailbox::mark_read(&ctx, &actor, id).await?;
            just_read = true;
            // The header may have counted the message as unread, so the page is loaded again.
            if request::kind() == RequestKind::Page {
                response::redirect_page(&address::href(&query, Some(id)));
            }
        }
        open = Some(OpenMail::of(&ctx, mail, &clock).await?);
    }
    let shown = mailbox::browse(&ctx, &actor, &filter).await?;
    Ok(MailboxScreen {
        query,
        total: shown.found.total,
        page: shown.found.page,
        pages: shown.found.pages(),
        lines: shown.found.items.into_iter().map(|mail| MailLine::of(mail, &clock)).collect(),
        unread: shown.unread,
        any: shown.any,
        open,
        just_read,
    })
}

/// The mailbox.
#[component]
pub fn MailboxPage() -> impl IntoView {
    let params = use_query_map();
    let query = Memo::new(move |_| address::read(&params.read()));
    let mail = Memo::new(move |_| params.read().get("mail").unwrap_or_default());
    let read_all = ServerAction::<ReadAllMail>::new();
    let mark_unread = ServerAction::<MarkMailUnread>::new();
    Toasts::after(read_all);
    Toasts::after(mark_unread);
    let viewer = expect_context::<CurrentViewer>();
    viewer.follow(read_all.version());
    viewer.follow(mark_unread.version());
    // Not after a message was marked as unread: it is open until the list is shown, and loading
    // would mark it as read again.
    let source = move || (query.get(), mail.get(), read_all.version().get());
    let screen = Resource::new_blocking(source, |(query, mail, _)| load_mailbox(query, mail));
    view! {
        <Loaded from=screen let(screen)>
            <Content screen read_all mark_unread />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: MailboxScreen,
    read_all: ServerAction<ReadAllMail>,
    mark_unread: ServerAction<MarkMailUnread>,
) -> impl IntoView {
    if screen.just_read {
        // The header counts unread messages, too.
        let viewer = expect_context::<CurrentViewer>();
        Effect::new(move || viewer.resource.refetch());
    }
    let summary = summary(&screen);
    let MailboxScreen { query, lines, total, page, pages, unread, any, open, .. } = screen;
    let open_id = open.as_ref().map(|mail| mail.id);
    let is_empty = lines.is_empty();
    let line = |line: MailLine| {
        let is_open = open_id == Some(line.id);
        let href = address::href(&query, Some(line.id));
        view! { <li><Line line is_open href /></li> }
    };
    let lines = lines.into_iter().map(line).collect_view();
    let list = address::href(&query, None);
    view! {
        <Head title="Mailbox" />
        <div class="grid gap-6">
            <div class="flex flex-wrap items-end justify-between gap-3">
                <div class="grid gap-1">
                    <Heading takes_focus=open_id.is_none()>"Mailbox"</Heading>
                    <p role="status" class="text-muted">{summary}</p>
                </div>
                {(unread > 0)
                    .then(|| {
                        view! {
                            <ActionForm action=read_all>
                                <Submit pending=read_all.pending() class="btn-outline">
                                    "Mark all as read"
                                </Submit>
                            </ActionForm>
                        }
                    })}
            </div>
            {any.then(|| view! { <SearchForm search=query.search.clone() /> })}
            {is_empty.then(|| view! { <Nothing any total /> })}
            <div class="mailbox" class:mailbox-open=open_id.is_some()>
                <ul aria-label="Messages" class="mail-list">{lines}</ul>
                {open.map(|mail| view! { <Reader mail list mark_unread /> })}
            </div>
            <Pagination page pages href=move |page| address::at_page(&query, page) />
        </div>
    }
}

/// A form without JavaScript: its query is in the address.
#[component]
fn SearchForm(search: Option<String>) -> impl IntoView {
    let is_search = search.is_some();
    view! {
        <form action=address::MAILBOX role="search" class="search-form">
            <div class="grid min-w-0 grow basis-60 gap-1.5">
                <label for="search" class="font-semibold">"Search messages"</label>
                <input
                    class="input"
                    id="search"
                    name="search"
                    type="search"
                    value=search.unwrap_or_default()
                />
            </div>
            <button class="btn btn-primary">
                <Icon shape=Shape::Search />
                "Search"
            </button>
            {is_search
                .then(|| view! {
                    <a class="quiet-link" href=address::MAILBOX>"Show all messages"</a>
                })}
        </form>
    }
}

/// An empty mailbox, a search without a match, and a page after the last one have different texts.
#[component]
fn Nothing(any: bool, total: u64) -> impl IntoView {
    match (any, total) {
        (false, _) => view! {
            <EmptyState title="No messages yet">
                <p>"Confirmations and reminders appear here."</p>
                <a class="btn btn-primary" href="/competitions">"See open competitions"</a>
            </EmptyState>
        }
        .into_any(),
        (true, 0) => view! {
            <EmptyState title="No messages match your search">
                <p>"Try fewer words. The search finds exactly what you type in subjects and \
                    texts."</p>
            </EmptyState>
        }
        .into_any(),
        _ => view! { <PastTheEnd first=address::MAILBOX.into() /> }.into_any(),
    }
}

#[component]
fn Line(line: MailLine, is_open: bool, href: String) -> impl IntoView {
    view! {
        <a
            class="mail-line"
            class:mail-unread=line.unread
            aria-current=is_open.then_some("true")
            href=href
        >
            <span class="flex items-start justify-between gap-2">
                <bdi>{line.subject}</bdi>
                {line
                    .unread
                    .then(|| view! { <span class="badge badge-accent badge-sm">"Unread"</span> })}
            </span>
            <span class="text-sm font-normal text-muted"><ViewerTime at=line.sent_at /></span>
        </a>
    }
}

/// `3 messages, 1 unread`, or the number of matches.
fn summary(screen: &MailboxScreen) -> String {
    let messages = if screen.total == 1 { "message" } else { "messages" };
    let total = grouped(screen.total);
    let found = match &screen.query.search {
        Some(_) => format!("{total} {messages} found"),
        None => format!("{total} {messages}, {} unread", grouped(screen.unread)),
    };
    found + &page_words(screen.page, screen.pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(total: u64, unread: u64, search: Option<&str>, pages: u64) -> MailboxScreen {
        MailboxScreen {
            query: MailQuery { search: search.map(str::to_owned), page: None },
            lines: Vec::new(),
            total,
            page: 1,
            pages,
            unread,
            any: true,
            open: None,
            just_read: false,
        }
    }

    #[test]
    fn messages_are_counted_in_words() {
        assert_eq!(summary(&screen(1, 0, None, 1)), "1 message, 0 unread");
        assert_eq!(summary(&screen(30, 2, None, 2)), "30 messages, 2 unread, page 1 of 2");
        assert_eq!(summary(&screen(1, 0, Some("x"), 1)), "1 message found");
    }
}
