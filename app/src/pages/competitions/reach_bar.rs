//! The action of a competition at the bottom of a narrow page, where its panel is soon out of view.

use domain::{CallToAction, CompetitionId};
use leptos::prelude::*;

use super::{
    address,
    register_form::{FORM, FormPage, Register, button_of},
};
use crate::{components::Submit, next};

/// Sends the form of the panel, or leads to where the viewer can register. Nothing for a viewer who
/// cannot.
#[component]
pub(super) fn ReachBar(
    /// The competition.
    id: CompetitionId,
    /// The state.
    call_to_action: CallToAction,
    /// The page with the form that registers, if it is on a page of its own.
    form_page: Option<FormPage>,
    /// The access code in the address.
    code: String,
    /// Registering.
    register: ServerAction<Register>,
) -> impl IntoView {
    let Some(button) = button_of(call_to_action) else { return ().into_any() };
    let href = match (call_to_action, form_page) {
        (CallToAction::LogIn, _) => {
            Some(next::login(&address::with_code(address::competition(id), &code)))
        }
        (_, form_page) => form_page.map(|page| page.href),
    };
    let action = match href {
        Some(href) => view! {
            <a class="btn btn-primary w-full" href=href>
                {button}
            </a>
        }
        .into_any(),
        None => view! {
            <Submit pending=register.pending() class="w-full" form=FORM>
                {button}
            </Submit>
        }
        .into_any(),
    };
    view! { <p class="reach-bar">{action}</p> }.into_any()
}
