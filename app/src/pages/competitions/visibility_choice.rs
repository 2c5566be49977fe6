//! The choice of a visibility.

use domain::{Clash, Visibility};
use leptos::prelude::*;

use super::theirs::Theirs;
use crate::{
    components::{FieldError, RadioChoice},
    form::FormError,
};

/// Who can find the competition once it is published. A draft stays one: it is published where it
/// is managed.
#[component]
pub(super) fn VisibilityChoice(
    /// The chosen visibility, as typed.
    chosen: String,
    /// A conflicting change, if there is one.
    clash: Option<Clash>,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let chosen = chosen.parse().unwrap_or(Visibility::Public);
    if chosen.is_draft() {
        let draft = Visibility::Draft.as_str();
        return view! { <input type="hidden" name="draft[visibility]" value=draft /> }.into_any();
    }
    let choice = |visibility: Visibility, id, title, text| {
        let checked = chosen == visibility;
        let value = visibility.as_str();
        view! { <RadioChoice id name="draft[visibility]" value checked title text /> }
    };
    view! {
        <fieldset class="section" aria-describedby="visibility-error">
            <legend class="subheading">"Visibility"</legend>
            <FieldError id="visibility" error />
            // An error of the visibility links to the first choice.
            {choice(Visibility::Public, "visibility", "Public", "Everyone can find it.")}
            {choice(
                Visibility::Unlisted,
                "visibility-unlisted",
                "Unlisted",
                "Everyone with the link can see it and register. No list shows it.",
            )}
            <Theirs clash name="theirs[visibility]" />
        </fieldset>
    }
    .into_any()
}
