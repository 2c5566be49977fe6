//! The addresses of webhooks.

use domain::{CompetitionId, WebhookId};

/// The webhooks of the user.
pub(crate) const WEBHOOKS: &str = "/webhooks";

/// The same, with the form filled in for a competition.
pub(crate) fn of_competition(id: CompetitionId) -> String {
    format!("{WEBHOOKS}?competition={id}")
}

/// A webhook, with a page of its deliveries.
pub(super) fn webhook(id: WebhookId, page: u64) -> String {
    if page > 1 { format!("{WEBHOOKS}/{id}?page={page}") } else { format!("{WEBHOOKS}/{id}") }
}

/// The page where a webhook is edited.
pub(super) fn edit(id: WebhookId) -> String {
    format!("{WEBHOOKS}/{id}/edit")
}

/// The page where the secret of a webhook is rotated.
pub(super) fn rotate_secret(id: WebhookId) -> String {
    format!("{WEBHOOKS}/{id}/rotate-secret")
}

/// The page where a webhook is deleted.
pub(super) fn delete(id: WebhookId) -> String {
    format!("{WEBHOOKS}/{id}/delete")
}
