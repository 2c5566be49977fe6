//! The logo.

use leptos::prelude::*;

/// The logo: a ticket, torn along an M. The same as `public/favicon.svg`, in the colours of the
/// page.
#[component]
pub(crate) fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path d="M3 21V8a4 4 0 0 1 4-4h18a4 4 0 0 1 4 4v13L22 9l-6 8-6-8z" />
            <path
                class="mark-stub"
                d="M3 25l7-12 6 8 6-8 7 12a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3z"
            />
        </svg>
    }
}
