//! Adding a picture to a text.

use domain::PublicError;
use leptos::{
    ev::{Event, MouseEvent},
    html,
    prelude::*,
};
use web_sys::{
    Element, EventInit, FormData, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement,
    wasm_bindgen::JsCast as _,
};

use super::{WORDS, markdown};
use crate::{
    components::{ErrorSummary, PICTURES, Toasts, Upload, UploadProgress},
    error::Failure,
};

/// Where a picture is added to a text: the text and the cursor when the button was pressed.
#[derive(Clone, Debug, Default)]
struct Place {
    text: String,
    cursor: u32,
}

/// A button that uploads a picture and adds it to a text area, where the cursor is. Without
/// JavaScript there is none: the page of the pictures has what to paste.
#[component]
pub(crate) fn AddPicture(
    /// The id of the text area.
    to: &'static str,
    /// What the text is, in the name of the button.
    text: &'static str,
) -> impl IntoView {
    let (is_shown, show) = signal(false);
    Effect::new(move || show.set(true));
    let upload = Upload::<String>::new();
    let place = StoredValue::new(Place::default());
    let input = NodeRef::<html::Input>::new();
    let choose = move |_: MouseEvent| {
        if upload.pending().get_untracked() {
            return;
        }
        if let (Some(input), Some(area)) = (input.get_untracked(), text_area(to)) {
            let cursor = area.selection_end().ok().flatten().unwrap_or_default();
            place.set_value(Place { text: area.value(), cursor });
            input.click();
        }
    };
    let send = move |event: Event| {
        let input: HtmlInputElement = event_target(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        let Ok(body) = FormData::new() else { return };
        let _ = body.append_with_blob("picture", &file);
        if let Some(user) = made_for(&input) {
            let _ = body.append_with_str("made_for", &user);
        }
        upload.clear();
        upload.send("/fn/upload_picture", &body);
        // The same file can be chosen again.
        input.set_value("");
    };
    let is_uploaded = Signal::derive(move || matches!(upload.reply().get(), Some(Ok(_))));
    Toasts::when(is_uploaded, upload.version().into());
    Effect::new(move || {
        if let Some(Ok(path)) = upload.reply().get() {
            insert(to, &path, &place.get_value());
        }
    });
    // The fault of the file, which is no field of this form.
    let error = Signal::derive(move || match upload.reply().get() {
        Some(Err(Failure(error))) => Some(PublicError { fields: Vec::new(), ..error }),
        _ => None,
    });
    view! {
        <Show when=move || is_shown.get()>
            <div class="flex flex-wrap items-center gap-3">
                <button
                    type="button"
                    class="btn"
                    aria-disabled=move || upload.pending().get().then_some("true")
                    on:click=choose
                >
                    "Add picture"
                    <span class="sr-only">" to the "{text}</span>
                </button>
                <input node_ref=input class="hidden" type="file" accept=PICTURES on:change=send />
                <UploadProgress of=upload />
            </div>
            <ErrorSummary error />
        </Show>
    }
}

fn text_area(id: &str) -> Option<HtmlTextAreaElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// The user that the form around an input was rendered for.
fn made_for(input: &HtmlInputElement) -> Option<String> {
    let form: HtmlFormElement = input.form()?;
    FormData::new_with_form(&form).ok()?.get("made_for").as_string()
}

/// Adds a picture to a text area as a paragraph of its own: where the cursor was, or at the end if
/// it was at the beginning, where it is before anything is typed, or the text has changed. Selects
/// the words to replace, unless the user is in another field by now.
fn insert(area: &str, path: &str, place: &Place) {
    let Some(area) = text_area(area) else { return };
    let is_unchanged = area.value() == place.text;
    let at = if is_unchanged && place.cursor > 0 { place.cursor } else { area.text_length() };
    let before = if at == 0 { "" } else { "\n\n" };
    let text = format!("{before}{}\n\n", markdown(path));
    if area.set_range_text_with_start_and_end(&text, at, at).is_err() {
        return;
    }
    let active = document().active_element();
    if is_unchanged && active.is_none_or(|active| !is_field(&active)) {
        let length = |text: &str| u32::try_from(text.len()).unwrap_or_default();
        let words = at + length(before) + length("![");
        let _ = area.focus();
        let _ = area.set_selection_range(words, words + length(WORDS));
    }
    // The form keeps what is typed.
    let init = EventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict("input", &init) {
        let _ = area.dispatch_event(&event);
    }
}

/// Whether something can be typed into it, or chosen.
fn is_field(element: &Element) -> bool {
    matches!(&*element.tag_name(), "INPUT" | "TEXTAREA" | "SELECT")
}
