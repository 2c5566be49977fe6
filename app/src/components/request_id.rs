//! The id of a failed request.

use leptos::prelude::*;

/// The id of a failed request, which finds it in the log.
#[component]
pub(crate) fn RequestId(
    /// The id, if the request has one.
    id: Option<String>,
) -> impl IntoView {
    id.map(|id| {
        view! { <p class="request-id">"Reference: " <code>{id}</code></p> }
    })
}
