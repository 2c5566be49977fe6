//! One request to a receiver.

use domain::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP};

use super::secret::sign;
use crate::{
    Context, Error, Result,
    entity::{webhook, webhook_delivery},
    infrastructure::outbound::Exchange,
};

/// A delivery with the request that was sent for it.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) delivery: webhook_delivery::Model,
    pub(super) at: Timestamp,
    pub(super) exchange: Exchange,
}

/// Gone: the receiver wants no further requests.
const GONE: u16 = 410;

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
        let exchange = ctx.outbound.post(&webhook.url, headers, delivery.payload.clone()).await;
        Ok(Self { delivery, at, exchange })
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
