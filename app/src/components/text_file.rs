//! Filling a field from a file.

use leptos::{ev::Event, prelude::*, task::spawn_local};

use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlInputElement, HtmlTextAreaElement, wasm_bindgen::JsCast as _};

/// The largest file that is read, in bytes. In a form each may take three.
const MAX_SIZE: f64 = 80.0 * 1024.0;

/// A button that adds the text of a file to a text area. Without JavaScript there is none: the
/// text is pasted.
#[component]
pub(crate) fn TextFile(
    /// The id of the button on the page.
    id: &'static str,
    /// The label.
    label: &'static str,
    /// The kinds of files, as `accept` has them.
    accept: &'static str,
    /// The id of the text area.
    fills: &'static str,
) -> impl IntoView {
    let (is_shown, show) = signal(false);
    let (message, set_message) = signal("");
    Effect::new(move || show.set(true));
    let read = move |event: Event| {
        let input: HtmlInputElement = event_target(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        if file.size() > MAX_SIZE {
            set_message.set("This file is larger than 80 KB.");
            return;
        }
        spawn_local(async move {
            let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
            let area = document().get_element_by_id(fills);
            let area = area.and_then(|area| area.dyn_into::<HtmlTextAreaElement>().ok());
            set_message.set(match text.zip(area) {
                Some((text, area)) => {
                    let typed = area.value();
                    let typed = typed.trim_end();
                    let space = if typed.is_empty() { "" } else { "\n" };
                    area.set_value(&format!("{typed}{space}{text}"));
                    "The addresses are filled in. Check them."
                }
                None => "This file cannot be read.",
            });
        });
    };
    view! {
        <Show when=move || is_shown.get()>
            <div class="grid gap-1.5">
                <label for=id class="font-semibold">{label}</label>
                <input class="input" id=id type="file" accept=accept on:change=read />
            </div>
        </Show>
        <p role="status" class="text-sm empty:hidden">{message}</p>
    }
}
