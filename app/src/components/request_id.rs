//! The name of a failed request.

use leptos::prelude::*;

/// What somebody who asks us about a failure can tell us: it finds the request in the log.
#[component]
pub(crate) fn RequestId(
    /// The request's name, if it has one.
    id: Option<String>,
) -> impl IntoView {
    id.map(|id| {
        view! { <p class="request-id">"Reference: " <code>{id}</code></p> }
    })
}
