//! Sending a test, and sending a delivery again.

use domain::{DeliveryId, UserId, WebhookId};
use leptos::prelude::*;

use crate::error::Failure;

/// The key of a refused form in the session.
#[cfg(feature = "ssr")]
pub(super) fn form_name(webhook: WebhookId) -> String {
    format!("send_delivery:{webhook}")
}

/// Sends a delivery again, or a test if there is none. `page` is the page of the log that is shown.
#[server(prefix = "/fn", endpoint = "send_delivery")]
pub async fn send_delivery(
    webhook: WebhookId,
    #[server(default)] delivery: Option<DeliveryId>,
    #[server(default)] page: u64,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use super::address;
    use crate::ssr::{flash, form, request, response};
    use service::webhooks::{send_again, send_test};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome =
        form::and_then_async(form::check_same_user(made_for, &actor), async |()| match delivery {
            Some(delivery) => send_again(&ctx, &actor, delivery).await,
            None => send_test(&ctx, &actor, webhook).await,
        })
        .await;
    let log = address::webhook(webhook, page);
    form::redirect_back_with(&form_name(webhook), &log, (), outcome).await?;
    let sent = if delivery.is_some() { "The delivery is sent again" } else { "The test is sent" };
    flash::set(sent).await;
    response::redirect_form(&log);
    Ok(())
}
