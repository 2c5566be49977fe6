//! One request to a receiver.

use domain::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use sea_orm::prelude::DateTimeUtc;
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP};
use tracing::Instrument;

use super::{retry_after, secret::sign};
use crate::{
    Context, Error, Result,
    entity::{webhook, webhook_delivery},
    infrastructure::outbound::Exchange,
    metrics::WEBHOOKS,
};

/// A delivery with the request that was sent for it.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) delivery: webhook_delivery::Model,
    pub(super) at: Timestamp,
    pub(super) exchange: Exchange,
    /// When the receiver asks for the next request.
    pub(super) not_before: Option<DateTimeUtc>,
}

/// Gone: the receiver wants no further requests.
const GONE: u16 = 410;
/// Too many requests, and unavailable: the statuses whose `Retry-After` is about the receiver.
const OVERLOADED: [u16; 2] = [429, 503];

impl Attempt {
    /// # Errors
    /// When the secret cannot sign.
    pub(super) async fn make(
        ctx: &Context,
        webhook: &webhook::Model,
        delivery: webhook_delivery::Model,
    ) -> Result<Self> {
        let at = ctx.now();
        let headers = headers(webhook, &delivery, at)?;
        let span = tracing::error_span!(
            "send_webhook",
            webhook.id = %webhook.id,
            delivery.id = %delivery.id,
            otel.kind = "client",
        );
        let post = ctx.outbound.post(&webhook.url, headers, delivery.payload.clone());
        let exchange = post.instrument(span.clone()).await;
        let asked = exchange.retry_after.as_deref();
        let asked = asked.filter(|_| exchange.status.is_some_and(|it| OVERLOADED.contains(&it)));
        let not_before = asked.and_then(|value| retry_after::read(value, ctx.now()));
        let attempt = Self { delivery, at, exchange, not_before };
        WEBHOOKS.requested(attempt.outcome(), attempt.exchange.duration);
        span.in_scope(|| attempt.log());
        Ok(attempt)
    }

    /// For metrics and log lines.
    fn outcome(&self) -> &'static str {
        match self.exchange.status {
            _ if self.is_success() => "delivered",
            _ if self.is_gone() => "gone",
            None => "unreachable",
            _ if self.found_no_receiver() => "unavailable",
            Some(_) => "refused",
        }
    }

    fn log(&self) {
        let (outcome, status) = (self.outcome(), self.exchange.status);
        if self.is_success() {
            tracing::debug!(outcome, http.status = status, "request of a webhook sent");
        } else {
            tracing::info!(outcome, http.status = status, "request of a webhook failed");
        }
    }

    pub(super) fn is_success(&self) -> bool {
        matches!(self.exchange.status, Some(200..=299))
    }

    pub(super) fn is_gone(&self) -> bool {
        self.exchange.status == Some(GONE)
    }

    /// Whether the receiver is down or overloaded, so that other requests would fail as well.
    pub(super) fn found_no_receiver(&self) -> bool {
        matches!(self.exchange.status, None | Some(429 | 502 | 503 | 504))
    }
}

fn headers(
    webhook: &webhook::Model,
    delivery: &webhook_delivery::Model,
    at: Timestamp,
) -> Result<HeaderMap> {
    let value = |text: String| {
        HeaderValue::try_from(text).map_err(|_| Error::Corrupt("a header of a webhook".to_owned()))
    };
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(HEADER_WEBHOOK_ID, value(delivery.message_id())?);
    headers.insert(HEADER_WEBHOOK_TIMESTAMP, at.utc().timestamp().into());
    headers.insert(HEADER_WEBHOOK_SIGNATURE, value(sign(webhook, delivery, at)?)?);
    Ok(headers)
}
