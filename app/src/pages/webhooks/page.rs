//! The page of a webhook.

use std::time::Duration;

use domain::PublicError;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use super::{
    address,
    log::{DeliveryLog, Log},
    row::{WebhookDetails, WebhookRow},
    secret::NewSecret,
    send::SendDelivery,
    state::StateBadge,
};
use crate::{
    components::{ErrorSummary, Head, Heading, Loaded, Toasts, refresh_now},
    error::Failure,
    form::error_of,
    hand_over::is_handed_over,
};

/// The interval between updates while a delivery is due and the page is visible.
const EVERY: Duration = Duration::from_secs(3);

/// The data of the page.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookScreen {
    /// The webhook.
    pub webhook: WebhookRow,
    /// Its secret, if it was just made.
    pub secret: Option<String>,
    /// One page of its deliveries.
    pub log: DeliveryLog,
    /// Whether a request is due, so that the page changes soon.
    pub is_due: bool,
    /// Why sending without JavaScript has just been refused, if it was.
    pub error: Option<PublicError>,
}

/// A webhook and its deliveries; for its organizer.
#[server(prefix = "/fn", endpoint = "webhook")]
pub async fn load_webhook(
    id: String,
    #[server(default)] page: Option<String>,
) -> Result<WebhookScreen, Failure> {
    use super::{form::parse_id, secret::HANDOVER, send::form_name};
    use crate::ssr::{clock::ViewerClock, form, request};
    use domain::{DeliveryStatus, Paging};
    use service::webhooks::{self, SecretHandover};

    /// The number of deliveries on a page.
    const ON_A_PAGE: u64 = 20;
    let (ctx, actor) = (request::context()?, request::actor()?);
    let (session, clock) = (request::session()?, ViewerClock::of_request()?);
    let id = parse_id(&actor, &id)?;
    let webhook = webhooks::get(&ctx, &actor, id).await?;
    let paging = Paging::of_page(page.as_deref(), ON_A_PAGE)?;
    let found = webhooks::deliveries(&ctx, &actor, id, paging).await?;
    let handover = session.get::<SecretHandover>(HANDOVER).await?;
    let secret = match handover.filter(|handover| handover.webhook() == id) {
        Some(handover) => {
            session.take::<SecretHandover>(HANDOVER).await?;
            handover.finish(&ctx, &actor).await?
        }
        None => None,
    };
    let now = ctx.now();
    let is_due = found.items.iter().any(|delivery| {
        delivery.status == DeliveryStatus::Pending
            && delivery.next_attempt_at.is_some_and(|at| at <= now)
    });
    Ok(WebhookScreen {
        webhook: WebhookRow::load(webhook, &clock).await?,
        secret,
        log: DeliveryLog::of(found, &clock),
        is_due,
        error: form::take_stored_form::<()>(&form_name(id)).await?.error,
    })
}

/// A webhook and its deliveries, updated while one is being sent.
#[component]
pub fn WebhookPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked =
        Memo::new(move |_| (params.read().get("id").unwrap_or_default(), query.read().get("page")));
    let send = ServerAction::<SendDelivery>::new();
    Toasts::after(send);
    let screen = Resource::new_blocking(
        move || (asked.get(), send.version().get()),
        |((id, page), _)| load_webhook(id, page),
    );
    let is_due = StoredValue::new(false);
    Effect::new(move || {
        let update = move || {
            // An update would move the focus to the error again.
            let failed = send.value().with_untracked(|value| matches!(value, Some(Err(_))));
            if failed || !is_due.get_value() || document().hidden() || is_handed_over() {
                return;
            }
            let (id, page) = asked.get_untracked();
            refresh_now(screen, async move {
                let now = load_webhook(id.clone(), page.clone()).await;
                (asked.try_get_untracked() == Some((id, page))).then_some(now)
            });
        };
        if let Ok(interval) = set_interval_with_handle(update, EVERY) {
            on_cleanup(move || interval.clear());
        }
    });
    // The secret comes with the first response only.
    let secret = RwSignal::new(None);
    view! {
        <Loaded from=screen let(screen)>
            {
                is_due.set_value(screen.is_due && screen.error.is_none());
                if let Some(text) = screen.secret.clone() {
                    secret.set(Some((screen.webhook.id, text)));
                }
                view! { <Content screen secret send /> }
            }
        </Loaded>
    }
}

#[component]
fn Content(
    screen: WebhookScreen,
    secret: RwSignal<Option<(domain::WebhookId, String)>>,
    send: ServerAction<SendDelivery>,
) -> impl IntoView {
    let WebhookScreen { webhook, log, error, .. } = screen;
    let (id, name) = (webhook.id, webhook.name());
    let secret = secret.get_untracked().filter(|(of, _)| *of == id);
    let link = |href: String, label: &'static str| {
        view! {
            <li>
                <a class="btn btn-outline" href=href>
                    {label}
                </a>
            </li>
        }
    };
    view! {
        <Head title=format!("Webhook {name}") />
        <div class="grid gap-8">
            <div class="grid gap-3">
                <p>
                    <a class="quiet-link" href=address::WEBHOOKS>
                        "All webhooks"
                    </a>
                </p>
                <p>
                    <StateBadge state=webhook.state.clone() />
                </p>
                <Heading><bdi>{name}</bdi></Heading>
                <WebhookDetails webhook />
                <ul class="flex flex-wrap gap-2">
                    {link(address::edit(id), "Edit")}
                    {link(address::rotate_secret(id), "Rotate secret")}
                    {link(address::delete(id), "Delete")}
                </ul>
            </div>
            {secret.map(|(_, secret)| view! { <NewSecret secret /> })}
            <ErrorSummary error=error_of(send, error) />
            <Log webhook=id log send />
        </div>
    }
}
