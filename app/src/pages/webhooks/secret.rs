//! The new secret of a webhook, which is shown once.

use leptos::prelude::*;

use crate::components::{CopyField, Icon, Shape};

/// The key of the handover of a new secret in the session. Its form sets no toast: two requests
/// that take values out of one session at the same time would undo each other.
#[cfg(feature = "ssr")]
pub(super) const HANDOVER: &str = "new_webhook_secret";

/// A new secret, and how to verify requests with it.
#[component]
pub(super) fn NewSecret(
    /// The secret.
    secret: String,
) -> impl IntoView {
    view! {
        <section aria-labelledby="secret-title" class="section">
            <h2 id="secret-title" class="subheading">"Signing secret"</h2>
            <p class="icon-line font-semibold">
                <Icon shape=Shape::Warning />
                "Copy it now. It is not shown again."
            </p>
            <CopyField
                id="new-secret"
                label="New secret"
                copy="Copy secret"
                copied="Secret copied"
                text=secret
            />
            <p>
                "Each request is signed with it as the "
                <a class="link" href="https://www.standardwebhooks.com/" rel="external">
                    "Standard Webhooks"
                </a> " specification says, whose libraries verify the headers "
                <code>"webhook-id"</code> ", " <code>"webhook-timestamp"</code> " and "
                <code>"webhook-signature"</code> ". The "
                <a class="link" href="/api/docs/" rel="external">
                    "API documentation"
                </a> " describes webhooks. If you lose the secret, rotate it."
            </p>
        </section>
    }
}
