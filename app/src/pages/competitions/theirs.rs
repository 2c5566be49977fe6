//! Conflicting changes of a field.

use domain::Clash;
use leptos::prelude::*;

/// The conflicting change of a field, and the choice between the versions.
#[component]
pub(super) fn Theirs(
    /// The change, if there is one.
    clash: Option<Clash>,
    /// The name under which the choice is sent.
    name: &'static str,
) -> impl IntoView {
    clash.map(|clash| {
        if !clash.is_mine {
            let words = "Changed since you opened the form. You had not changed this field.";
            return view! { <div class="theirs"><p>{words}</p></div> }.into_any();
        }
        let now = if clash.now.is_empty() { "(empty)".to_owned() } else { clash.now };
        view! {
            <div class="theirs">
                <p class="font-semibold">"Changed since you opened the form, to:"</p>
                <p class="whitespace-pre-line">{now}</p>
                <label class="choice">
                    <input class="checkbox" type="checkbox" name=name value="1" />
                    <span>"Use this instead of mine"</span>
                </label>
            </div>
        }
        .into_any()
    })
}
