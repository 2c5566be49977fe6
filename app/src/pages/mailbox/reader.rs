//! The message that is open.

use domain::Mail;
use leptos::{html::H2, prelude::*};

use crate::components::{NavigationFocus, Time};

/// The message that is open.
#[component]
pub(super) fn Reader(
    /// The message.
    mail: Mail,
) -> impl IntoView {
    let node = NodeRef::<H2>::new();
    NavigationFocus::take(node);
    view! {
        <article aria-labelledby="subject" class="reader">
            <p><a class="quiet-link" href="/mailbox">"Close message"</a></p>
            <h2 id="subject" node_ref=node tabindex="-1" class="subheading outline-none">
                {mail.subject}
            </h2>
            <p class="text-sm text-muted">"To " {mail.to} ", " <Time at=mail.sent_at /></p>
            <p class="whitespace-pre-line">{mail.body}</p>
        </article>
    }
}
