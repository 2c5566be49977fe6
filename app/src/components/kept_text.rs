//! Text that is typed into a form, kept in the browser until it is saved.

use js_sys::{Array, Date, Object, Reflect};
use leptos::{
    ev, html,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, JsValue},
};
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};
use web_sys::{Event, EventInit, FormData, HtmlFormElement, HtmlInputElement, Storage};

use super::focus;
use crate::{next, viewer::CurrentViewer};

/// How the keys of the storage begin.
const PREFIX: &str = "kept:";
/// How long text is kept, in milliseconds: a week.
const KEPT_FOR: f64 = 7.0 * 24.0 * 60.0 * 60.0 * 1000.0;
/// Fields that belong to one rendering of a form.
const NOT_KEPT: [&str; 4] = ["idempotency_key", "made_for", "intent", "asset"];

/// The fields of a form, as they were typed last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    /// In milliseconds since 1970.
    at: f64,
    /// Names and values.
    fields: Vec<(String, String)>,
}

impl Kept {
    /// What the user has typed. The other fields say what the form was rendered from.
    fn typed(&self) -> impl Iterator<Item = &(String, String)> {
        self.fields.iter().filter(|(name, _)| name != "version" && !name.starts_with("seen["))
    }

    /// `29 Nov 2026, 14:03`, in the zone of the browser.
    fn time(&self) -> String {
        let options = Object::new();
        for (name, style) in [("dateStyle", "medium"), ("timeStyle", "short")] {
            let _ = Reflect::set(&options, &name.into(), &style.into());
        }
        Date::new(&self.at.into()).to_locale_string("en-GB", &options).into()
    }
}

/// Where text is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeptIn {
    /// In the browser, for a week.
    Browser,
    /// In the tab, until it is closed: what is personal does not stay on a device that others use.
    Tab,
}

/// Keeps what is typed into the form inside, by user and address, and offers to restore it when the
/// page is opened again. Only if the browser cannot keep it, it asks before the page is left.
#[component]
pub(crate) fn KeptText(
    /// Where the text is kept.
    within: KeptIn,
    /// Whether the form was saved, so that there is nothing to keep.
    saved: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let key = RwSignal::new(None::<String>);
    let offered = RwSignal::new(None::<Kept>);
    let is_lost = RwSignal::new(false);
    let form = move || {
        let found = frame.get_untracked()?.query_selector("form").ok()??;
        found.dyn_into::<HtmlFormElement>().ok()
    };
    let keep = move || {
        let (Some(key), Some(form)) = (key.get_untracked(), form()) else { return };
        // What is offered stays until the user has decided; the browser asks meanwhile.
        if offered.with_untracked(Option::is_some) {
            is_lost.set(true);
            return;
        }
        is_lost.set(within.write(&key, &fields_of(&form)).is_none());
    };
    let forget = move || {
        if let Some((key, storage)) = key.get_untracked().zip(within.storage()) {
            let _ = storage.remove_item(&key);
        }
        is_lost.set(false);
    };
    let viewer = expect_context::<CurrentViewer>();
    let address = untrack(|| next::here(&use_location()));
    Effect::new(move || {
        let address = address.clone();
        spawn_local(async move {
            let Some(user) = viewer.known().await.user else { return };
            // The user has left the page.
            if key.is_disposed() {
                return;
            }
            let own = format!("{PREFIX}{}:", user.id);
            within.remove_old(&own);
            let name = own + &address;
            let kept = within.read(&name);
            key.set(Some(name));
            match kept.zip(form()) {
                // The page shows the same text: it was saved, or the form is shown again.
                Some((kept, form)) if kept.typed().eq(fields_of(&form).typed()) => forget(),
                Some((kept, _)) => offered.set(Some(kept)),
                None => {}
            }
        });
        let asked = window_event_listener(ev::beforeunload, move |event| {
            if is_lost.get_untracked() {
                event.prevent_default();
            }
        });
        on_cleanup(move || asked.remove());
    });
    Effect::new(move || {
        if saved.get() {
            forget();
        }
    });
    let end_offer = move || {
        offered.set(None);
        if let Some(frame) = frame.get_untracked() {
            focus(frame);
        }
    };
    let restore = move |_| {
        if let Some((kept, form)) = offered.get_untracked().zip(form()) {
            fill(&form, &kept);
        }
        end_offer();
        keep();
    };
    let discard = move |_| {
        end_offer();
        // Also what was typed since.
        keep();
    };
    view! {
        <div role="status" class="empty:hidden">
            {move || {
                offered
                    .get()
                    .map(|kept| {
                        view! {
                            <div class="band">
                                <p>
                                    "You have not saved what you typed here on " {kept.time()} "."
                                </p>
                                <p class="flex flex-wrap gap-3">
                                    <button type="button" class="btn btn-primary" on:click=restore>
                                        "Restore"
                                    </button>
                                    <button type="button" class="btn" on:click=discard>
                                        "Discard"
                                    </button>
                                </p>
                            </div>
                        }
                    })
            }}
        </div>
        <div node_ref=frame tabindex="-1" class="grid gap-6 outline-none" on:input=move |_| keep()>
            {children()}
        </div>
    }
}

impl KeptIn {
    /// `None` where the browser keeps nothing.
    fn storage(self) -> Option<Storage> {
        let name = match self {
            Self::Browser => "localStorage",
            Self::Tab => "sessionStorage",
        };
        let storage = Reflect::get(&window(), &name.into()).ok().filter(JsValue::is_object)?;
        Some(storage.unchecked_into())
    }

    fn read(self, key: &str) -> Option<Kept> {
        serde_json::from_str(&self.storage()?.get_item(key).ok()??).ok()
    }

    /// `None` if the browser refuses: it keeps nothing, or too much already.
    fn write(self, key: &str, kept: &Kept) -> Option<()> {
        self.storage()?.set_item(key, &serde_json::to_string(kept).ok()?).ok()
    }

    /// Removes what was kept long ago, and in a tab what other users have typed.
    fn remove_old(self, own: &str) {
        let Some(storage) = self.storage() else { return };
        let keys =
            (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok()?);
        let keys: Vec<_> = keys.filter(|key| key.starts_with(PREFIX)).collect();
        for key in keys {
            let is_foreign = self == Self::Tab && !key.starts_with(own);
            let is_old = || self.read(&key).is_none_or(|kept| kept.at < Date::now() - KEPT_FOR);
            if is_foreign || is_old() {
                let _ = storage.remove_item(&key);
            }
        }
    }
}

/// The fields as they are now.
fn fields_of(form: &HtmlFormElement) -> Kept {
    let entries = FormData::new_with_form(form).ok();
    let entries = entries.as_ref().and_then(|data| js_sys::try_iter(data).ok().flatten());
    let entry = |entry: Result<JsValue, JsValue>| {
        let entry = Array::from(&entry.ok()?);
        Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
    };
    let fields = entries.into_iter().flatten().filter_map(entry);
    let fields = fields.filter(|(name, _)| !NOT_KEPT.contains(&name.as_str()));
    Kept { at: Date::now(), fields: fields.collect() }
}

/// Fills in the form.
fn fill(form: &HtmlFormElement, kept: &Kept) {
    let elements = form.elements();
    for element in (0..elements.length()).filter_map(|index| elements.item(index)) {
        let Some(name) = element.get_attribute("name") else { continue };
        let mut values = kept.fields.iter().filter(|(of, _)| *of == name).map(|(_, value)| value);
        match element.dyn_ref::<HtmlInputElement>() {
            Some(input) if matches!(&*input.type_(), "checkbox" | "radio") => {
                let value = input.value();
                input.set_checked(values.any(|kept| *kept == value));
            }
            _ => {
                let Some(value) = values.next() else { continue };
                // Inputs, text areas and selects.
                let _ = Reflect::set(&element, &"value".into(), &value.into());
            }
        }
        // The page follows what is typed.
        let init = EventInit::new();
        init.set_bubbles(true);
        for kind in ["input", "change"] {
            if let Ok(event) = Event::new_with_event_init_dict(kind, &init) {
                let _ = element.dispatch_event(&event);
            }
        }
    }
}
