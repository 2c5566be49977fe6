//! A text to copy.

use leptos::{oco::Oco, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

/// A text that the user copies, in a field of its own.
#[component]
pub(crate) fn CopyField(
    /// The id of the field on the page.
    #[prop(into)]
    id: Oco<'static, str>,
    /// The label.
    #[prop(into)]
    label: Oco<'static, str>,
    /// The label of the button.
    copy: &'static str,
    /// The message once the text is copied.
    copied: &'static str,
    /// The text.
    text: String,
) -> impl IntoView {
    view! {
        <label for=id.clone() id=format!("{id}-label") class="font-semibold">{label}</label>
        <div class="flex flex-wrap gap-2">
            <input
                class="input font-mono"
                id=id.clone()
                type="text"
                autocomplete="off"
                spellcheck="false"
                readonly
                value=text.clone()
            />
            <CopyButton of=id label=copy copied text />
        </div>
    }
}

/// Copies the text, if JavaScript and the browser allow it.
#[component]
fn CopyButton(
    /// The id of the field.
    of: Oco<'static, str>,
    label: &'static str,
    copied: &'static str,
    text: String,
) -> impl IntoView {
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
            <button
                type="button"
                class="btn"
                aria-describedby=format!("{of}-label")
                on:click=copy.clone()
            >
                {label}
            </button>
        </Show>
        <span role="status" class="text-sm">{message}</span>
    }
}
