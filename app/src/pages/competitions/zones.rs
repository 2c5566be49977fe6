//! The choice of a time zone.

use js_sys::{Array, Intl::DateTimeFormat, Object, Reflect};
use leptos::prelude::*;

use super::draft::Region;

/// The zones by region. The chosen one is at the top, even if it is not in the list.
#[component]
pub(super) fn Zones(
    /// The chosen zone.
    chosen: String,
    /// Whether the zone of the browser is chosen instead.
    ask_browser: bool,
    /// The zones to choose from.
    regions: Vec<Region>,
) -> impl IntoView {
    let (chosen, set_chosen) = signal(chosen);
    Effect::new(move || {
        if let Some(zone) = ask_browser.then(zone_of_browser).flatten() {
            set_chosen.set(zone);
        }
    });
    // An option without a value sends its text.
    let option = |zone| view! { <option>{zone}</option> };
    let group = |region: Region| {
        view! {
            <optgroup label=region.name>
                {region.zones.into_iter().map(option).collect_view()}
            </optgroup>
        }
    };
    view! {
        <option selected=true>{chosen}</option>
        {regions.into_iter().map(group).collect_view()}
    }
}

/// The time zone of the browser, if it is known.
fn zone_of_browser() -> Option<String> {
    let format = DateTimeFormat::new(&Array::new(), &Object::new());
    Reflect::get(&format.resolved_options(), &"timeZone".into()).ok()?.as_string()
}
