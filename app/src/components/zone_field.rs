//! The choice of a time zone.

use js_sys::{Array, Intl::DateTimeFormat, Object, Reflect};
use leptos::{oco::Oco, prelude::*};
use serde::{Deserialize, Serialize};

use super::Field;
use crate::form::FormError;

/// Deprecated names of time zones that browsers report, and their canonical names: the identifiers
/// of the Unicode CLDR that differ from the list of IANA.
const RENAMED: [(&str, &str); 19] = [
    ("Africa/Asmera", "Africa/Asmara"),
    ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ("America/Catamarca", "America/Argentina/Catamarca"),
    ("America/Coral_Harbour", "America/Atikokan"),
    ("America/Cordoba", "America/Argentina/Cordoba"),
    ("America/Godthab", "America/Nuuk"),
    ("America/Indianapolis", "America/Indiana/Indianapolis"),
    ("America/Jujuy", "America/Argentina/Jujuy"),
    ("America/Louisville", "America/Kentucky/Louisville"),
    ("America/Mendoza", "America/Argentina/Mendoza"),
    ("Asia/Calcutta", "Asia/Kolkata"),
    ("Asia/Katmandu", "Asia/Kathmandu"),
    ("Asia/Rangoon", "Asia/Yangon"),
    ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
    ("Atlantic/Faeroe", "Atlantic/Faroe"),
    ("Europe/Kiev", "Europe/Kyiv"),
    ("Pacific/Enderbury", "Pacific/Kanton"),
    ("Pacific/Ponape", "Pacific/Pohnpei"),
    ("Pacific/Truk", "Pacific/Chuuk"),
];

/// A zone to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// `Europe/Berlin`
    name: String,
    /// `Berlin (UTC+1)`
    label: String,
}

impl Zone {
    /// The canonical name of a zone that a browser has reported.
    pub(crate) fn canonical_name(zone: String) -> String {
        let renamed = RENAMED.into_iter().find(|(old, _)| *old == zone);
        renamed.map_or(zone, |(_, new)| new.to_owned())
    }

    /// The zones to choose from, with their present offsets.
    #[cfg(feature = "ssr")]
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
            set_value.set(Zone::canonical_name(zone));
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

/// A hidden field with the time zone of the browser, which is empty without JavaScript.
#[component]
pub(crate) fn BrowserZone() -> impl IntoView {
    let (zone, set_zone) = signal(String::new());
    Effect::new(move || {
        if let Some(zone) = zone_of_browser() {
            set_zone.set(Zone::canonical_name(zone));
        }
    });
    view! { <input type="hidden" name="time_zone" prop:value=zone /> }
}

/// The time zone of the browser, if it is known.
fn zone_of_browser() -> Option<String> {
    let format = DateTimeFormat::new(&Array::new(), &Object::new());
    Reflect::get(&format.resolved_options(), &"timeZone".into()).ok()?.as_string()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_deprecated_zone_name_is_replaced_by_its_canonical_name() {
        let choices = Zone::choices("2026-11-30T00:00:00Z".parse().unwrap());
        let is_choice = |name: &str| choices.iter().any(|zone| zone.name == name);
        for (old, new) in RENAMED {
            assert!(!is_choice(old), "{old}");
            assert!(is_choice(new), "{new}");
            assert_eq!(Zone::canonical_name(old.to_owned()), new);
        }
        assert_eq!(Zone::canonical_name("Europe/Berlin".to_owned()), "Europe/Berlin");
    }
}
