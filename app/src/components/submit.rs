//! The button that sends a form.

use leptos::{ev::MouseEvent, prelude::*};

/// Sends a form. While its answer is awaited more clicks do nothing, so that a double click sends once. It is
/// not disabled meanwhile, for that would take the focus from it.
#[component]
pub(crate) fn Submit(
    /// Whether the answer is awaited.
    pending: Memo<bool>,
    /// Its looks, besides those of the main button of a page.
    class: &'static str,
    /// What it says, also while the answer is awaited.
    children: Children,
) -> impl IntoView {
    let click = move |event: MouseEvent| {
        if pending.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <button
            class=format!("btn btn-primary {class}")
            aria-busy=move || pending.get().then_some("true")
            on:click=click
        >
            {children()}
        </button>
    }
}
