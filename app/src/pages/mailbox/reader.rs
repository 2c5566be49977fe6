//! The open message.

use domain::MailId;
use leptos::{html::H2, prelude::*};
use serde::{Deserialize, Serialize};

use super::MarkMailUnread;
use crate::{
    Moment,
    components::{LinkedText, NavigationFocus, ViewerTime},
};

/// The open message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenMail {
    /// Its id.
    pub id: MailId,
    /// The email it was sent to.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// When it was sent.
    pub sent_at: Moment,
}

#[cfg(feature = "ssr")]
impl OpenMail {
    pub(super) fn of(mail: domain::Mail, clock: &crate::ssr::clock::ViewerClock) -> Self {
        Self {
            id: mail.id,
            to: mail.to,
            subject: mail.subject,
            body: mail.body,
            sent_at: clock.in_viewer_zone(mail.sent_at),
        }
    }
}

/// The open message.
#[component]
pub(super) fn Reader(
    /// The message.
    mail: OpenMail,
    /// The address of the list.
    list: String,
    /// Marks it as unread.
    mark_unread: ServerAction<MarkMailUnread>,
) -> impl IntoView {
    let node = NodeRef::<H2>::new();
    NavigationFocus::take(node);
    view! {
        <article aria-labelledby="subject" class="reader">
            <div class="flex flex-wrap items-center justify-between gap-x-4">
                <a class="quiet-link" href=list>"Close message"</a>
                <ActionForm action=mark_unread>
                    <input type="hidden" name="id" value=mail.id.to_string() />
                    <button class="btn btn-sm min-h-11">"Mark as unread"</button>
                </ActionForm>
            </div>
            <h2 id="subject" node_ref=node tabindex="-1" class="subheading outline-none">
                <bdi>{mail.subject}</bdi>
            </h2>
            <p class="text-sm text-muted">"To " {mail.to} ", " <ViewerTime at=mail.sent_at /></p>
            <p class="plain-text whitespace-pre-line">
                <LinkedText text=mail.body />
            </p>
        </article>
    }
}
