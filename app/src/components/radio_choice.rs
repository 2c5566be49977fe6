//! A radio button with a title and a text.

use leptos::prelude::*;

/// One choice of several.
#[component]
pub(crate) fn RadioChoice(
    /// The id of the button.
    id: &'static str,
    /// The name of the field.
    name: &'static str,
    /// What is sent.
    value: &'static str,
    /// Whether it is chosen at first.
    checked: bool,
    /// What is chosen.
    title: &'static str,
    /// What it means.
    text: &'static str,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input
                class="radio radio-primary"
                type="radio"
                id=id
                name=name
                value=value
                checked=checked
            />
            <span class="grid">
                <span class="font-semibold">{title}</span>
                <span class="text-sm text-muted">{text}</span>
            </span>
        </label>
    }
}
