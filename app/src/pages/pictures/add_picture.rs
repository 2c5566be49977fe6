//! Adding a picture to a text.

use domain::PublicError;
use js_sys::Reflect;
use leptos::{
    ev::{Event, MouseEvent},
    html,
    prelude::*,
};
use web_sys::{
    EventInit, FormData, HtmlInputElement, HtmlTextAreaElement, wasm_bindgen::JsCast as _,
};

use super::{WORDS, markdown};
use crate::{
    components::{ErrorSummary, PICTURES, Toasts, Upload, UploadProgress},
    error::Failure,
};

/// Where a picture is added to a text: the text and the cursor when the picture was chosen.
#[derive(Clone, Debug, Default)]
struct Place {
    text: String,
    /// Counted as the browser counts, in units of UTF-16.
    cursor: usize,
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
        let input = input.get_untracked().filter(|_| !upload.pending().get_untracked());
        if let Some(input) = input {
            input.click();
        }
    };
    let send = move |event: Event| {
        let input: HtmlInputElement = event_target(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        let (Some(area), Ok(body)) = (text_area(to), FormData::new()) else { return };
        place.set_value(Place { text: area.value(), cursor: cursor_of(&area) });
        let _ = body.append_with_blob("picture", &file);
        if let Some(user) = made_for() {
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

/// Like the other properties here, it is read by its name: a binding for each would be loaded with
/// every page.
fn cursor_of(area: &HtmlTextAreaElement) -> usize {
    let cursor = Reflect::get(area, &"selectionEnd".into()).ok().and_then(|end| end.as_f64());
    cursor.unwrap_or_default() as usize
}

/// The user that the forms of this page were rendered for.
fn made_for() -> Option<String> {
    let page = document().document_element()?;
    let field = page.query_selector("input[name=made_for]").ok()??;
    Some(field.dyn_into::<HtmlInputElement>().ok()?.value())
}

/// Whether the user is in a field.
fn is_in_field() -> bool {
    const FIELDS: &str = "input:focus, textarea:focus, select:focus";
    let page = document().document_element();
    page.is_some_and(|page| matches!(page.query_selector(FIELDS), Ok(Some(_))))
}

/// Adds a picture to a text area as a paragraph of its own: where the cursor was, or at the end if
/// it was at the beginning, where it is before anything is typed, or the text has changed. Selects
/// the words to replace, unless the user is in a field by now, where the cursor stays.
fn insert(area: &str, path: &str, place: &Place) {
    let Some(area) = text_area(area) else { return };
    let text = area.value();
    let is_unchanged = text == place.text;
    let units: Vec<u16> = text.encode_utf16().collect();
    let at = if is_unchanged && place.cursor > 0 { place.cursor } else { units.len() };
    let (head, tail) = units.split_at(at.min(units.len()));
    let before = if head.is_empty() { "" } else { "\n\n" };
    let (start, rest) = (String::from_utf16_lossy(head), String::from_utf16_lossy(tail));
    let added = format!("{before}{}\n\n", markdown(path));
    let cursor = cursor_of(&area);
    area.set_value(&format!("{start}{added}{rest}"));
    let selected = if is_unchanged && !is_in_field() {
        let words = head.len() + before.len() + "![".len();
        let _ = area.focus();
        words..words + WORDS.len()
    } else {
        // Where it was: a new value puts it at the end.
        let cursor = if cursor > head.len() { cursor + added.len() } else { cursor };
        cursor..cursor
    };
    for (end, at) in [("selectionStart", selected.start), ("selectionEnd", selected.end)] {
        let _ = Reflect::set(&area, &end.into(), &(at as f64).into());
    }
    // The form keeps what is typed.
    let init = EventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict("input", &init) {
        let _ = area.dispatch_event(&event);
    }
}
