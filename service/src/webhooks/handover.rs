//! A new secret on its way to the next page.

use domain::{Role, WebhookId, WebhookWithSecret};
use serde::{Deserialize, Serialize};

use super::endpoints::find;
use crate::{Actor, Context, Result, infrastructure::secrets};

/// What a session stores from the form that makes a secret to the page that shows it. It holds a
/// hash, so that the storage of sessions has no secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SecretHandover {
    webhook: WebhookId,
    hash: String,
}

impl SecretHandover {
    /// For a secret that was just made.
    pub fn of(made: &WebhookWithSecret) -> Self {
        Self { webhook: made.webhook.id, hash: secrets::hash(&made.secret) }
    }

    /// The webhook of the secret.
    pub fn webhook(&self) -> WebhookId {
        self.webhook
    }

    /// The secret; `Ok(None)` if it was rotated meanwhile.
    ///
    /// # Errors
    /// Unauthorized; forbidden; [`domain::ErrorCode::WebhookNotFound`].
    pub async fn finish(self, ctx: &Context, actor: &Actor) -> Result<Option<String>> {
        actor.require_writer(Role::Organizer)?;
        let secret = find(ctx.db.connection(), actor, self.webhook).await?.secret;
        Ok((secrets::hash(&secret) == self.hash).then_some(secret))
    }
}
