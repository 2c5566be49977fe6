//! The data of the pages that change a webhook.

#[cfg(feature = "ssr")]
use domain::{PublicError, WebhookId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{fields::TypedWebhook, row::WebhookRow};
use crate::{error::Failure, form::Returned};

/// A form about an existing webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebhookForm {
    /// Edits it.
    Edit,
    /// Rotates its secret.
    RotateSecret,
    /// Deletes it.
    Delete,
}

#[cfg(feature = "ssr")]
impl WebhookForm {
    /// The key of the form in the session. It has the id, because several forms may be open.
    pub(super) fn key(self, id: WebhookId) -> String {
        format!("webhook:{self:?}:{id}")
    }
}

/// The data of a page with a form about a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookFormScreen {
    /// The webhook.
    pub webhook: WebhookRow,
    /// The initial state of the form; without text if it was not sent yet.
    pub start: Returned<Option<TypedWebhook>>,
}

/// The webhook that may be changed; for its organizer.
#[server(prefix = "/fn", endpoint = "webhook_form")]
pub async fn load_webhook_form(
    id: String,
    form: WebhookForm,
) -> Result<WebhookFormScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, form::take_stored_form, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    let id = parse_id(&actor, &id)?;
    let webhook = service::webhooks::get(&ctx, &actor, id).await?;
    Ok(WebhookFormScreen {
        webhook: WebhookRow::load(webhook, &clock).await?,
        start: take_stored_form(&form.key(id)).await?,
    })
}

/// The id in an address. Checks the role first, so that 403 wins over 404.
///
/// # Errors
/// Unauthorized; forbidden for anyone but an organizer; [`domain::ErrorCode::WebhookNotFound`].
#[cfg(feature = "ssr")]
pub(super) fn parse_id(actor: &service::Actor, id: &str) -> service::Result<WebhookId> {
    actor.require(domain::Role::Organizer)?;
    let not_found = PublicError::new(domain::ErrorCode::WebhookNotFound, "Webhook not found");
    Ok(id.parse().map_err(|_| not_found)?)
}
