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
    /// How far its clocks are ahead of UTC, in minutes.
    offset: i32,
}

#[cfg(feature = "ssr")]
impl Zone {
    /// The zones to choose from, with their present offsets.
    pub(crate) fn choices(now: domain::Timestamp) -> Vec<Self> {
        let zone =
            |zone: service::zones::Zone| Self { name: zone.name.to_owned(), offset: zone.offset };
        service::zones::choices(now).into_iter().map(zone).collect()
    }
}

impl Zone {
    /// `New York (UTC-5)`
    fn words(&self) -> String {
        let city = self.name.rsplit_once('/').map_or(&*self.name, |(_, city)| city);
        let city = city.replace('_', " ");
        let (sign, minutes) = (if self.offset < 0 { '-' } else { '+' }, self.offset.abs());
        match (minutes / 60, minutes % 60) {
            (0, 0) => format!("{city} (UTC)"),
            (hours, 0) => format!("{city} (UTC{sign}{hours})"),
            (hours, rest) => format!("{city} (UTC{sign}{hours}:{rest:02})"),
        }
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
    let option = |zone: Zone| {
        let words = zone.words();
        view! { <option value=zone.name>{words}</option> }
    };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_shown_as_its_city_with_its_offset() {
        for (name, offset, words) in [
            ("UTC", 0, "UTC (UTC)"),
            ("Europe/Berlin", 60, "Berlin (UTC+1)"),
            ("America/New_York", -300, "New York (UTC-5)"),
            ("Asia/Kolkata", 330, "Kolkata (UTC+5:30)"),
            ("America/St_Johns", -210, "St Johns (UTC-3:30)"),
        ] {
            assert_eq!(Zone { name: name.to_owned(), offset }.words(), words);
        }
    }
}
