//! The page of the webhooks.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{
    address,
    choice::Choice,
    create::{CreateSection, CreateWebhook},
    fields::TypedWebhook,
    row::{WebhookDetails, WebhookRow},
    state::StateBadge,
};
use crate::{
    components::{EmptyState, Head, Heading, Loaded},
    error::Failure,
    form::Returned,
    pages::dashboard_view::DashboardView,
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhooksScreen {
    /// Oldest first.
    pub webhooks: Vec<WebhookRow>,
    /// The competitions to choose from, newest first.
    pub choices: Vec<Choice>,
    /// Whether there are more.
    pub has_more: bool,
    /// The initial state of the form.
    pub start: Returned<TypedWebhook>,
}

/// Loads the page; for organizers. The form is filled in for the competition.
#[server(prefix = "/fn", endpoint = "webhooks")]
pub async fn load_webhooks(
    #[server(default)] competition: Option<String>,
) -> Result<WebhooksScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, form, request};
    use domain::{MAX_PAGE_SIZE, Paging};
    use service::{competitions, webhooks};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    let mut rows = Vec::new();
    for webhook in webhooks::list(&ctx, &actor).await? {
        rows.push(WebhookRow::load(webhook, &clock).await?);
    }
    let mut start: Returned<TypedWebhook> = form::take_stored_form("create_webhook").await?;
    if start.error.is_none() {
        start.typed.competition = competition.unwrap_or_default();
    }
    let mine = competitions::mine(&ctx, &actor, Paging::first(MAX_PAGE_SIZE)).await?;
    let (has_more, now) = (mine.pages() > 1, ctx.now());
    let mine = mine.items.into_iter().map(|mine| mine.competition);
    let current = mine.filter(|one| !one.is_cancelled() && !one.dates().is_over(now));
    let mut choices: Vec<_> = current.map(|one| Choice { id: one.id, title: one.title }).collect();
    if let Ok(id) = start.typed.competition.parse()
        && choices.iter().all(|choice| choice.id != id)
        && let Ok(own) = competitions::get_own(&ctx, &actor, id).await
    {
        choices.push(Choice { id, title: own.competition.title });
    }
    Ok(WebhooksScreen { webhooks: rows, choices, has_more, start })
}

/// The webhooks of the organizer.
#[component]
pub fn WebhooksPage() -> impl IntoView {
    let query = use_query_map();
    let competition = Memo::new(move |_| query.read().get("competition"));
    let screen = Resource::new_blocking(move || competition.get(), load_webhooks);
    let create = ServerAction::<CreateWebhook>::new();
    view! {
        <Loaded from=screen let(screen)>
            <Content screen create />
        </Loaded>
    }
}

#[component]
fn Content(screen: WebhooksScreen, create: ServerAction<CreateWebhook>) -> impl IntoView {
    let WebhooksScreen { webhooks, choices, has_more, start } = screen;
    view! {
        <Head title="Webhooks" />
        <div class="form-page">
            <div class="grid gap-2">
                <Heading>"Webhooks"</Heading>
                <p>
                    "A webhook sends the events of your competitions, such as a new registration, \
                    to a program of yours. The "
                    <a class="link" href="/api/docs/" rel="external">
                        "API"
                    </a> " manages webhooks too."
                </p>
            </div>
            <WebhookList webhooks />
            <CreateSection start choices has_more action=create />
            <p>
                <a class="link" href=DashboardView::Competitions.address()>
                    "Back to your dashboard"
                </a>
            </p>
        </div>
    }
}

#[component]
fn WebhookList(webhooks: Vec<WebhookRow>) -> impl IntoView {
    let list = if webhooks.is_empty() {
        view! {
            <EmptyState title="No webhooks yet">
                <p>"Create one, then send a test to it."</p>
            </EmptyState>
        }
        .into_any()
    } else {
        let item = |webhook: WebhookRow| view! { <li><Item webhook /></li> };
        view! {
            <ul aria-labelledby="webhooks-title" class="grid gap-3">
                {webhooks.into_iter().map(item).collect_view()}
            </ul>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="webhooks-title" class="grid gap-4">
            <h2 id="webhooks-title" class="subheading">"Your webhooks"</h2>
            {list}
        </section>
    }
}

#[component]
fn Item(webhook: WebhookRow) -> impl IntoView {
    let (name, href) = (webhook.name(), address::webhook(webhook.id, 1));
    view! {
        <article class="section">
            <div class="flex flex-wrap items-start justify-between gap-3">
                <div class="grid min-w-0 gap-2">
                    <p>
                        <StateBadge state=webhook.state.clone() />
                    </p>
                    <h3 class="font-semibold wrap-anywhere" dir="auto">
                        {name.clone()}
                    </h3>
                    <WebhookDetails webhook />
                </div>
                <a class="btn" href=href>
                    "Manage" <span class="sr-only">" " <bdi>{name}</bdi></span>
                </a>
            </div>
        </article>
    }
}
