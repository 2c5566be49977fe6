//! The message of an empty list.

use leptos::prelude::*;

/// The message of an empty list: why it is empty, and the next step.
#[component]
pub(crate) fn EmptyState(
    /// Why it is empty.
    title: &'static str,
    /// The next step, usually a sentence and a link.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <p class="font-display text-xl font-semibold">{title}</p>
            {children()}
        </div>
    }
}
