//! The page with the messages of a competition.

use domain::{CompetitionId, MAX_MESSAGES};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{
    progress::Progress,
    row::{MessageBadge, MessageRow},
};
use crate::{
    components::{EmptyState, Layout, Loaded},
    error::Failure,
    pages::competitions::{
        address::{message, write_message},
        managed::{ManageHeader, ManageTab, ManagedCompetition},
    },
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagesScreen {
    /// The competition.
    pub managed: ManagedCompetition,
    /// Newest first.
    pub messages: Vec<MessageRow>,
}

/// Loads the page; for the organizer of the competition.
#[server(prefix = "/fn", endpoint = "messages")]
pub async fn load_messages(id: String) -> Result<MessagesScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    // Check the login before parsing the id, so that 401 wins over 404.
    actor.user()?;
    let clock = ViewerClock::of_request()?;
    let id = request::parse_competition_id(&id)?;
    let competition = service::competitions::get_own(&ctx, &actor, id).await?.competition;
    let messages = service::organizer_messages::list(&ctx, &actor, id).await?;
    let zone = &competition.time_zone;
    Ok(MessagesScreen {
        managed: ManagedCompetition::of(&competition)?,
        messages: messages.iter().map(|one| MessageRow::of(one, &clock, zone)).collect(),
    })
}

/// The page with the messages of a competition.
#[component]
pub fn MessagesPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let screen = Resource::new_blocking(move || id.get(), load_messages);
    view! {
        <Loaded layout=Layout::Tabs from=screen let(screen)>
            <Content screen />
        </Loaded>
    }
}

#[component]
fn Content(screen: MessagesScreen) -> impl IntoView {
    let MessagesScreen { managed, messages } = screen;
    let id = managed.id;
    let write = match (messages.len() as u64) < MAX_MESSAGES {
        true => view! {
            <p>
                <a class="btn btn-primary" href=write_message(id)>
                    "Write a message"
                </a>
            </p>
        }
        .into_any(),
        false => view! {
            <p class="text-muted">
                "A competition can have at most "
                {MAX_MESSAGES}
                " messages. Delete a draft to write another one."
            </p>
        }
        .into_any(),
    };
    view! {
        <div class="grid gap-8">
            <ManageHeader managed tab=ManageTab::Messages />
            <p class="max-w-prose">
                "Write to participants. They get the message in their mailbox and by mail, and \
                    find it on the page of the competition."
            </p>
            {write}
            <List id messages />
        </div>
    }
}

#[component]
fn List(id: CompetitionId, messages: Vec<MessageRow>) -> impl IntoView {
    if messages.is_empty() {
        return view! {
            <EmptyState title="No messages yet">
                <p>"You see how many people get a message before you send it."</p>
            </EmptyState>
        }
        .into_any();
    }
    let item = |row: MessageRow| {
        let href = message(id, row.id);
        view! { <li><Item row href /></li> }
    };
    view! {
        <section aria-labelledby="messages" class="grid gap-4">
            <h2 id="messages" class="subheading">"Written so far"</h2>
            <ul class="grid gap-3">{messages.into_iter().map(item).collect_view()}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn Item(row: MessageRow, href: String) -> impl IntoView {
    let status = row.status;
    let subject = row.subject.clone();
    view! {
        <article class="section">
            <p>
                <MessageBadge status />
            </p>
            <h3 class="font-semibold wrap-anywhere">
                <a class="link" dir="auto" href=href>
                    {subject}
                </a>
            </h3>
            <Progress row />
        </article>
    }
}
