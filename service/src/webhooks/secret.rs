//! Secrets of webhooks, and the signatures made with them.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::Timestamp;
use standardwebhooks::Webhook as Signer;

use crate::{
    Error, Result,
    entity::{webhook, webhook_delivery},
};

/// Bytes of a secret; the specification wants 24 to 64.
const BYTES: usize = 32;

/// A new secret, `whsec_` and base64.
pub(super) fn new_secret() -> String {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    format!("whsec_{}", STANDARD.encode(bytes))
}

/// The `webhook-signature` of a request at `now`: one signature for each secret, separated by
/// blanks.
pub(super) fn sign(
    webhook: &webhook::Model,
    delivery: &webhook_delivery::Model,
    now: Timestamp,
) -> Result<String> {
    let previous = webhook
        .previous_secret
        .as_deref()
        .filter(|_| webhook.previous_secret_until.is_some_and(|until| now.utc() < until));
    let secrets = std::iter::once(&*webhook.secret).chain(previous);
    let (id, at) = (delivery.message_id(), now.utc().timestamp());
    let sign = |secret| Signer::new(secret)?.sign(&id, at, delivery.payload.as_bytes());
    let signatures: Result<Vec<String>, _> = secrets.map(sign).collect();
    let signatures = signatures.map_err(|error| Error::Corrupt(format!("a secret: {error}")))?;
    Ok(signatures.join(" "))
}
