//! The deliveries of a webhook.

use domain::{DeliveryId, DeliveryStatus, EventType, WebhookId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::response::response_words;
use super::{address, send::SendDelivery};
use crate::{
    Moment,
    components::{
        EmptyState, Icon, MadeFor, Pagination, PastTheEnd, Shape, Submit, ViewerTime, page_words,
    },
};

/// A delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// The `webhook-id` of its requests.
    pub message_id: String,
    /// The event.
    pub event_type: EventType,
    /// When the event happened.
    pub created_at: Moment,
    /// How far it has come.
    pub status: DeliveryStatus,
    /// Requests sent.
    pub attempts: u32,
    /// The last response, or why there was none, in words.
    pub response: String,
    /// When the next request is due, if one is.
    pub next_attempt_at: Option<Moment>,
}

/// One page of the deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryLog {
    /// Newest first.
    pub rows: Vec<DeliveryRow>,
    /// The number on all pages.
    pub total: u64,
    /// Counted from 1.
    pub page: u64,
    /// The number of pages.
    pub pages: u64,
}

#[cfg(feature = "ssr")]
impl DeliveryLog {
    pub(super) fn of(
        found: domain::Page<domain::Delivery>,
        clock: &crate::ssr::clock::ViewerClock,
    ) -> Self {
        let (total, page, pages) = (found.total, found.page, found.pages());
        let row = |delivery: domain::Delivery| DeliveryRow {
            response: response_words(&delivery),
            id: delivery.id,
            message_id: delivery.message_id,
            event_type: delivery.event_type,
            created_at: clock.in_viewer_zone(delivery.created_at),
            status: delivery.status,
            attempts: delivery.attempts,
            next_attempt_at: delivery.next_attempt_at.map(|at| clock.in_viewer_zone(at)),
        };
        Self { rows: found.items.into_iter().map(row).collect(), total, page, pages }
    }
}

/// The deliveries in one form: each button submits the id of the delivery it stands beside.
#[component]
pub(super) fn Log(
    /// The webhook.
    webhook: WebhookId,
    /// Its deliveries.
    log: DeliveryLog,
    /// Sends a test, or a delivery again.
    send: ServerAction<SendDelivery>,
) -> impl IntoView {
    let DeliveryLog { rows, total, page, pages } = log;
    let table = if total == 0 {
        view! {
            <EmptyState title="No deliveries yet">
                <p>"Send a test, or wait for an event. Deliveries stay here for 30 days."</p>
            </EmptyState>
        }
        .into_any()
    } else if rows.is_empty() {
        view! { <PastTheEnd first=address::webhook(webhook, 1) /> }.into_any()
    } else {
        view! {
            <ActionForm action=send>
                <input type="hidden" name="webhook" value=webhook.to_string() />
                <input type="hidden" name="page" value=page.to_string() />
                <MadeFor />
                <Table rows />
            </ActionForm>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="log-title" class="grid gap-4">
            <div class="flex flex-wrap items-center justify-between gap-3">
                <h2 id="log-title" class="subheading">"Deliveries" {page_words(page, pages)}</h2>
                <div class="flex flex-wrap gap-2">
                    <ActionForm action=send>
                        <input type="hidden" name="webhook" value=webhook.to_string() />
                        <MadeFor />
                        <Submit pending=send.pending() class="">
                            "Send a test"
                        </Submit>
                    </ActionForm>
                    <a class="btn" href=address::webhook(webhook, page) rel="external">
                        <Icon shape=Shape::Again />
                        "Refresh"
                    </a>
                </div>
            </div>
            {table}
            <Pagination page pages href=move |page| address::webhook(webhook, page) />
        </section>
    }
}

#[component]
fn Table(rows: Vec<DeliveryRow>) -> impl IntoView {
    let row = |row: DeliveryRow| {
        let next = match row.next_attempt_at {
            Some(at) => view! { <ViewerTime at /> }.into_any(),
            None => "None".into_any(),
        };
        let attempts = match row.attempts {
            1 => "1 attempt".to_owned(),
            attempts => format!("{attempts} attempts"),
        };
        view! {
            <tr>
                <th scope="row">
                    <code class="block font-semibold">{row.event_type.as_str()}</code>
                    <code class="block text-sm font-normal text-muted">{row.message_id}</code>
                </th>
                <td data-label="Time">
                    <ViewerTime at=row.created_at />
                </td>
                <td data-label="Status">
                    <span class="grid justify-items-start gap-1">
                        <DeliveryBadge status=row.status />
                        <span class="text-sm text-muted">{attempts}</span>
                    </span>
                </td>
                <td data-label="Last response">
                    <span>{row.response}</span>
                </td>
                <td data-label="Next attempt">{next}</td>
                <td>
                    <button class="btn whitespace-nowrap" name="delivery" value=row.id.to_string()>
                        "Send again"
                        <span class="sr-only">{format!(" {}", row.event_type)}</span>
                    </button>
                </td>
            </tr>
        }
    };
    view! {
        <table class="data-table">
            <caption class="sr-only">"Deliveries, newest first"</caption>
            <thead>
                <tr>
                    <th scope="col">"Event"</th>
                    <th scope="col">"Time"</th>
                    <th scope="col">"Status"</th>
                    <th scope="col">"Last response"</th>
                    <th scope="col">"Next attempt"</th>
                    <th scope="col">
                        <span class="sr-only">"Action"</span>
                    </th>
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn DeliveryBadge(status: DeliveryStatus) -> impl IntoView {
    let (class, word) = match status {
        DeliveryStatus::Pending => ("badge badge-info whitespace-nowrap", "Pending"),
        DeliveryStatus::Delivered => ("badge badge-success whitespace-nowrap", "Delivered"),
        DeliveryStatus::Failed => ("badge badge-error whitespace-nowrap", "Failed"),
    };
    view! { <span class=class>{word}</span> }
}
