//! The message that is open.

use domain::Mail;
use leptos::{html::H2, prelude::*};

use super::MarkMailUnread;
use crate::components::{NavigationFocus, Time};

/// The message that is open.
#[component]
pub(super) fn Reader(
    /// The message.
    mail: Mail,
    /// Where it came from: the list.
    list: String,
    /// Marking it as unread.
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
                {mail.subject}
            </h2>
            <p class="text-sm text-muted">"To " {mail.to} ", " <Time at=mail.sent_at /></p>
            <p class="whitespace-pre-line">{mail.body}</p>
        </article>
    }
}
