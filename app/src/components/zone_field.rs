//! The choice of a time zone.

use js_sys::{Array, Intl::DateTimeFormat, Object, Reflect};
use leptos::{oco::Oco, prelude::*};
use serde::{Deserialize, Serialize};

use super::Field;
use crate::form::FormError;

/// A zone to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// `Europe/Berlin`
    name: String,
    /// `Berlin (UTC+1)`
    label: String,
}

#[cfg(feature = "ssr")]
impl Zone {
    /// The zones to choose from, with their present offsets.
    pub(crate) fn choices(now: domain::Timestamp) -> Vec<Self> {
        let zones = service::zones::choices(now).into_iter();
        zones.map(|zone| Self { name: zone.name.to_owned(), label: zone.label }).collect()
    }
}

/// A time zone, by its name or its city. The browser searches the choices for what is typed.
#[component]
pub(crate) fn ZoneField(
    /// The name of the field in the form.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The hint.
    hint: &'static str,
    /// Whether the field is required.
    required: bool,
    /// The initial value.
    value: String,
    /// Whether the zone of the browser is the initial value instead.
    #[prop(default = false)]
    ask_browser: bool,
    /// The zones to choose from.
    zones: Vec<Zone>,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let (value, set_value) = signal(value);
    Effect::new(move || {
        if let Some(zone) = ask_browser.then(zone_of_browser).flatten() {
            set_value.set(zone);
        }
    });
    let option = |zone: Zone| view! { <option value=zone.name>{zone.label}</option> };
    view! {
        <Field
            id=Oco::Borrowed("timeZone")
            name=Oco::Borrowed(name)
            label=Oco::Borrowed(label)
            hint
            required
            list="zones"
            value
            error
        />
        <datalist id="zones">{zones.into_iter().map(option).collect_view()}</datalist>
    }
}

/// The time zone of the browser, if it is known.
fn zone_of_browser() -> Option<String> {
    let format = DateTimeFormat::new(&Array::new(), &Object::new());
    Reflect::get(&format.resolved_options(), &"timeZone".into()).ok()?.as_string()
}
