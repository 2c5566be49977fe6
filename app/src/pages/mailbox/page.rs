//! The mailbox: a list, and the open message.

use domain::{KEPT_DELETED_DAYS, MailboxQuery, grouped};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{
    address,
    change::ChangeMail,
    line::MailLine,
    list::{ChoiceList, PlainList},
    read_all::ReadAllMail,
    reader::{OpenMail, Reader},
};
use crate::{
    components::{
        EmptyState, Head, Heading, Icon, Loaded, Pagination, PastTheEnd, Shape, Submit, Toasts,
        page_words,
    },
    error::Failure,
    form::{Returned, count_replies, error_of},
    viewer::CurrentViewer,
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxScreen {
    /// The query of the address.
    pub query: MailboxQuery,
    /// The messages or threads of this page, newest first.
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
    /// Whether it has deleted messages.
    pub any_deleted: bool,
    /// The title of the competition that the messages are about.
    pub competition: Option<String>,
    /// The initial state of the form that changes messages.
    pub start: Returned<()>,
    /// The open message.
    pub open: Option<OpenMail>,
    /// Whether it was unread before.
    pub just_read: bool,
}

/// Loads the mailbox with the message `mail` open. Opening a message marks it as read.
#[server(prefix = "/fn", endpoint = "mailbox")]
pub async fn load_mailbox(
    #[server(default)] query: MailboxQuery,
    #[server(default)] mail: String,
) -> Result<MailboxScreen, Failure> {
    use super::change::FORM;
    use crate::ssr::{
        clock::ViewerClock,
        form,
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
        lines: shown.found.items.into_iter().map(|found| MailLine::of(found, &clock)).collect(),
        unread: shown.unread,
        any: shown.any,
        any_deleted: shown.any_deleted,
        competition: shown.competition,
        start: form::take_stored_form(FORM).await?,
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
    let change = ServerAction::<ChangeMail>::new();
    // That of the open message: it is open until the list is shown, and loading would mark it as
    // read again.
    let change_open = ServerAction::<ChangeMail>::new();
    Toasts::after(read_all);
    Toasts::after(change);
    Toasts::after(change_open);
    let viewer = expect_context::<CurrentViewer>();
    viewer.follow(read_all.version());
    viewer.follow(change.version());
    viewer.follow(change_open.version());
    let changes = count_replies(change, Result::is_ok);
    let arrivals = viewer.arrivals;
    // What has arrived while another page was shown is in the list.
    Effect::new(move || arrivals.set(0));
    let source = move || (query.get(), mail.get(), (read_all.version().get(), changes.get()));
    let screen = Resource::new_blocking(source, move |(query, mail, _)| load_mailbox(query, mail));
    let show_new = move |_| {
        arrivals.set(0);
        screen.refetch();
    };
    view! {
        <Loaded from=screen let(screen)>
            <Content screen read_all change change_open>
                <Arrivals arrivals show_new />
            </Content>
        </Loaded>
    }
}

/// Says that messages have come since the page was loaded, and shows them on request: a list that
/// changes by itself would lose what was chosen in it.
#[component]
fn Arrivals(
    arrivals: RwSignal<u64>,
    show_new: impl Fn(leptos::ev::MouseEvent) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <div role="status">
            <Show when=move || arrivals.get() != 0>
                <button type="button" class="btn btn-sm min-h-11" on:click=show_new>
                    "Show new messages"
                </button>
            </Show>
        </div>
    }
}

#[component]
fn Content(
    screen: MailboxScreen,
    read_all: ServerAction<ReadAllMail>,
    change: ServerAction<ChangeMail>,
    change_open: ServerAction<ChangeMail>,
    /// What stands above the list.
    children: Children,
) -> impl IntoView {
    if screen.just_read {
        // The header counts unread messages, too.
        let viewer = expect_context::<CurrentViewer>();
        Effect::new(move || viewer.resource.refetch());
    }
    let summary = summary(&screen);
    let title = title(&screen);
    let MailboxScreen { query, lines, total, page, pages, unread, any, any_deleted, .. } = screen;
    let (open, error) = (screen.open, error_of(change, screen.start.error));
    let is_whole = query == MailboxQuery { page: query.page.clone(), ..Default::default() };
    let open_id = open.as_ref().map(|mail| mail.id);
    let is_empty = lines.is_empty();
    let search = query.search.clone();
    let back = address::href(&query, None);
    let list = match open_id {
        Some(open) => view! { <PlainList lines query=query.clone() open /> }.into_any(),
        None if is_empty => {
            view! { <Nothing query=query.clone() any any_deleted total /> }.into_any()
        }
        None => view! { <ChoiceList lines query=query.clone() action=change error /> }.into_any(),
    };
    view! {
        <Head title="Mailbox" />
        <div class="grid gap-6">
            <div class="flex flex-wrap items-end justify-between gap-3">
                <div class="grid gap-1">
                    <Heading takes_focus=open_id.is_none()>{title}</Heading>
                    <p role="status" class="text-muted">{summary}</p>
                    {children()}
                </div>
                {(unread > 0 && is_whole)
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
            {(any || any_deleted).then(|| view! { <SearchForm search is_whole /> })}
            <div class="mailbox" class:mailbox-open=open_id.is_some()>
                {list}
                {open.map(|mail| view! { <Reader mail list=back action=change_open /> })}
            </div>
            <Pagination page pages href=move |page| address::at_page(&query, page) />
            {(any_deleted && is_whole)
                .then(|| {
                    view! {
                        <p>
                            <a class="quiet-link" href=address::DELETED>"Deleted messages"</a>
                        </p>
                    }
                })}
        </div>
    }
}

/// A form without JavaScript: its query is in the address.
#[component]
fn SearchForm(
    search: Option<String>,
    /// Whether the page shows the whole mailbox.
    is_whole: bool,
) -> impl IntoView {
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
            {(!is_whole)
                .then(|| view! {
                    <a class="quiet-link" href=address::MAILBOX>"Show all messages"</a>
                })}
        </form>
    }
}

/// An empty mailbox, a part of it without a message, and a page after the last one have different
/// texts.
#[component]
fn Nothing(query: MailboxQuery, any: bool, any_deleted: bool, total: u64) -> impl IntoView {
    if total > 0 {
        let first = address::at_page(&query, 1);
        return view! { <PastTheEnd first /> }.into_any();
    }
    if query.search.is_some() {
        return view! {
            <EmptyState title="No messages match your search">
                <p>"Try fewer words. The search finds exactly what you type in subjects and \
                    texts."</p>
            </EmptyState>
        }
        .into_any();
    }
    if query.deleted.is_some() {
        let words =
            format!("A message that you delete can be restored here for {KEPT_DELETED_DAYS} days.");
        return view! {
            <EmptyState title="No deleted messages">
                <p>{words}</p>
            </EmptyState>
        }
        .into_any();
    }
    if any {
        return view! {
            <EmptyState title="No messages about this competition">
                <a class="btn btn-primary" href=address::MAILBOX>"Show all messages"</a>
            </EmptyState>
        }
        .into_any();
    }
    let title = if any_deleted { "No messages" } else { "No messages yet" };
    view! {
        <EmptyState title>
            <p>"Confirmations and reminders appear here."</p>
            <a class="btn btn-primary" href="/competitions">"See open competitions"</a>
        </EmptyState>
    }
    .into_any()
}

/// What the page shows: the title of the competition, where the messages are about one.
fn title(screen: &MailboxScreen) -> String {
    let query = &screen.query;
    match (&query.search, &query.competition, &query.deleted) {
        (None, Some(_), _) => screen.competition.clone().unwrap_or_else(|| "Mailbox".to_owned()),
        (None, None, Some(_)) => "Deleted messages".to_owned(),
        _ => "Mailbox".to_owned(),
    }
}

/// `3 messages, 1 unread`, or the number of matches. The whole mailbox is counted in threads.
fn summary(screen: &MailboxScreen) -> String {
    let query = &screen.query;
    let counted = |one: &str, many: &str| match screen.total {
        1 => format!("1 {one}"),
        total => format!("{} {many}", grouped(total)),
    };
    let has_threads = screen.lines.iter().any(|line| line.thread.is_some());
    let found = match (&query.search, &query.competition, &query.deleted) {
        (Some(_), _, _) => counted("message found", "messages found"),
        (None, Some(_), _) | (None, None, Some(_)) => counted("message", "messages"),
        (None, None, None) => {
            let counted = match has_threads {
                true => counted("conversation", "conversations"),
                false => counted("message", "messages"),
            };
            format!("{counted}, {} unread", grouped(screen.unread))
        }
    };
    found + &page_words(screen.page, screen.pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(total: u64, unread: u64, search: Option<&str>, pages: u64) -> MailboxScreen {
        MailboxScreen {
            query: MailboxQuery { search: search.map(str::to_owned), ..Default::default() },
            lines: Vec::new(),
            total,
            page: 1,
            pages,
            unread,
            any: true,
            any_deleted: false,
            competition: None,
            start: Returned::default(),
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
