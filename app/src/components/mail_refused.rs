//! The badge of a participant whose address takes no mail.

use leptos::prelude::*;

/// The badge of a participant whose address takes no mail.
#[component]
pub(crate) fn MailRefused() -> impl IntoView {
    view! { <span class="badge badge-warning">"Mail refused"</span> }
}
