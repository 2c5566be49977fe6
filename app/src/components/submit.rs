//! The button that sends a form.

use leptos::{ev::MouseEvent, prelude::*};

/// Sends a form. Clicks do nothing while the response is pending, so that a double click sends
/// once. The button is not disabled, because that would take its focus away.
#[component]
pub(crate) fn Submit(
    /// Whether the response is pending.
    pending: Memo<bool>,
    /// More classes.
    class: &'static str,
    /// The id of the form, unless the button is inside it.
    #[prop(optional)]
    form: Option<&'static str>,
    /// The label, which stays while the response is pending.
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
            form=form
            aria-busy=move || pending.get().then_some("true")
            on:click=click
        >
            {children()}
        </button>
    }
}
