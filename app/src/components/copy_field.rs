//! A text to copy.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

/// A text that the user copies, in a field of its own.
#[component]
pub(crate) fn CopyField(
    /// The id of the field on the page.
    id: &'static str,
    /// The label.
    label: &'static str,
    /// The label of the button.
    copy: &'static str,
    /// The message once the text is copied.
    copied: &'static str,
    /// The text.
    text: String,
) -> impl IntoView {
    view! {
        <label for=id class="font-semibold">{label}</label>
        <div class="flex flex-wrap gap-2">
            <input
                class="input font-mono"
                id=id
                type="text"
                autocomplete="off"
                spellcheck="false"
                readonly
                value=text.clone()
            />
            <CopyButton label=copy copied text />
        </div>
    }
}

/// Copies the text, if JavaScript and the browser allow it.
#[component]
fn CopyButton(label: &'static str, copied: &'static str, text: String) -> impl IntoView {
    let (can_copy, set_can_copy) = signal(false);
    let (message, set_message) = signal(None);
    Effect::new(move || set_can_copy.set(window().is_secure_context()));
    let copy = move |_| {
        let written = JsFuture::from(window().navigator().clipboard().write_text(&text));
        spawn_local(async move {
            let refused = "Your browser does not allow copying. Copy the text instead.";
            set_message.set(Some(written.await.map_or(refused, |_| copied)));
        });
    };
    view! {
        <Show when=move || can_copy.get()>
            <button type="button" class="btn" on:click=copy.clone()>
                {label}
            </button>
        </Show>
        <span role="status" class="text-sm">{message}</span>
    }
}
