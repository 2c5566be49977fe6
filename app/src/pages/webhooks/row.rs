//! A webhook in words.

use domain::{EventType, WebhookId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::state::{StateReason, WebhookState};
use crate::{Moment, components::ViewerTime};

/// A webhook, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRow {
    /// Its id.
    pub id: WebhookId,
    /// Where events are sent.
    pub url: String,
    /// A note of the organizer; may be empty.
    pub description: String,
    /// The events that are sent; empty for all.
    pub event_types: Vec<EventType>,
    /// The title of the only competition whose events are sent; `None` for all competitions.
    pub competition: Option<String>,
    /// Whether it works.
    pub state: WebhookState,
    /// Until when requests are signed with the previous secret too, if they are.
    pub previous_secret_until: Option<Moment>,
    /// When it was created.
    pub created_at: Moment,
}

impl WebhookRow {
    /// The note of the organizer, or else the host.
    pub(super) fn name(&self) -> String {
        let after_scheme = self.url.split_once("://").map_or(&*self.url, |(_, rest)| rest);
        let host = after_scheme.split(['/', '?']).next().unwrap_or_default();
        if self.description.is_empty() { host } else { &*self.description }.to_owned()
    }
}

#[cfg(feature = "ssr")]
impl WebhookRow {
    /// Finds the title of the competition.
    pub(super) async fn load(
        webhook: domain::Webhook,
        clock: &crate::ssr::clock::ViewerClock,
    ) -> Result<Self, crate::error::Failure> {
        let (ctx, actor) = (crate::ssr::request::context()?, crate::ssr::request::actor()?);
        let now = ctx.now();
        let competition = match webhook.competition_id {
            Some(id) => {
                let found = service::competitions::get_visible_to(&ctx, &actor, id).await?;
                Some(found.competition.title)
            }
            None => None,
        };
        let until = webhook.previous_secret_until.filter(|until| now < *until);
        Ok(Self {
            state: WebhookState::of(&webhook, clock),
            previous_secret_until: until.map(|until| clock.in_viewer_zone(until)),
            created_at: clock.in_viewer_zone(webhook.created_at),
            id: webhook.id,
            url: webhook.url,
            description: webhook.description,
            event_types: webhook.event_types,
            competition,
        })
    }
}

/// Where a webhook sends which events, and whether it works.
#[component]
pub(super) fn WebhookDetails(
    /// The webhook.
    webhook: WebhookRow,
) -> impl IntoView {
    let events = match &*webhook.event_types {
        [] => "All events".to_owned(),
        some => some.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", "),
    };
    let competition = match webhook.competition {
        Some(title) => format!("Only of {title}"),
        None => "Of all your competitions".to_owned(),
    };
    let previous_secret = webhook.previous_secret_until.map(|until| {
        view! {
            <p class="text-sm text-muted">
                "Requests are signed with the previous secret too until "
                <ViewerTime at=until />
                "."
            </p>
        }
    });
    view! {
        <div class="grid min-w-0 gap-1 wrap-anywhere">
            <p>
                <code>{webhook.url}</code>
            </p>
            <StateReason state=webhook.state />
            <p class="text-sm text-muted">{events}</p>
            <p class="text-sm text-muted">{competition}</p>
            {previous_secret}
            <p class="text-sm text-muted">"Created " <ViewerTime at=webhook.created_at /></p>
        </div>
    }
}
