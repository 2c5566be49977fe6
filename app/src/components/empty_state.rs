//! What a list says when there is nothing in it.

use leptos::prelude::*;

/// A list without entries: why, and what to do about it.
#[component]
pub(crate) fn EmptyState(
    /// Why there is nothing.
    title: &'static str,
    /// What to do about it; usually a sentence and a link.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <p class="font-display text-xl font-semibold">{title}</p>
            {children()}
        </div>
    }
}
