//! The focus: who takes it, and who keeps it when a page changes.

use leptos::{
    html::ElementType,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{FocusOptions, HtmlElement},
};
use leptos_router::hooks::use_location;

use crate::next;

/// How many frames an element has until it is in the document; nobody waits for one that never is.
const FRAMES: u32 = 60;

/// Focuses the element as soon as it is in the document, which it may not be yet when its page is put together.
pub(crate) fn focus<E: JsCast + 'static>(element: E) {
    once_there(element.unchecked_into(), FRAMES, |element| {
        // An element in the document can be focused; one that cannot leaves the focus where it is.
        let _ = element.focus();
    });
}

/// The same with the element of this id, or else with the other one; and leaves the page scrolled as it is.
fn focus_in_place<E: JsCast + 'static>(id: Option<String>, or_else: E) {
    once_there(or_else.unchecked_into(), FRAMES, move |or_else| {
        let found = id.and_then(|id| document().get_element_by_id(&id));
        let element = found.map_or(or_else, JsCast::unchecked_into);
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        // As above.
        let _ = element.focus_with_options(&options);
    });
}

fn once_there(element: HtmlElement, frames: u32, then: impl FnOnce(HtmlElement) + 'static) {
    request_animation_frame(move || {
        if element.is_connected() || frames == 0 {
            then(element);
        } else {
            once_there(element, frames - 1, then);
        }
    });
}

/// Who takes the focus when the address changes without a page being loaded: the browser leaves it where it was.
#[derive(Clone, Copy)]
pub(crate) struct NavigationFocus {
    /// At which address it was taken last.
    last: StoredValue<String>,
    /// The id of the link that led on, if the focus is to be with it again.
    kept: StoredValue<Option<String>>,
}

impl NavigationFocus {
    /// Inside the router, for it asks for the address.
    pub(crate) fn provide() {
        let loaded = untrack(|| next::here(&use_location()));
        provide_context(Self { last: StoredValue::new(loaded), kept: StoredValue::default() });
    }

    /// To be called by a link that is still there afterwards, and has this id again.
    pub(crate) fn keep_with(self, id: String) {
        self.kept.set_value(Some(id));
    }

    /// Focuses the heading of what is new, once, or the link that led there. The address is compared when the heading is
    /// there, which it may be before an effect that follows the address has run.
    pub(crate) fn take<E>(node: NodeRef<E>)
    where
        E: ElementType,
        E::Output: JsCast + Clone + 'static,
    {
        // A page that the browser has loaded is new to nobody, even if its code arrives after a click that leads on.
        if Owner::current_shared_context().is_some_and(|page| page.during_hydration()) {
            return;
        }
        let (Self { last, kept }, location) = (expect_context(), use_location());
        Effect::new(move || {
            let Some(element) = node.get() else { return };
            let here = untrack(|| next::here(&location));
            if last.get_value() != here {
                last.set_value(here);
                // The router has scrolled to the top, or the way back leads elsewhere.
                focus_in_place(kept.try_update_value(Option::take).flatten(), element);
            }
        });
    }

    /// Gives the focus back to the link that led here, if one did. Without that link, this element has it.
    pub(crate) fn give_back<E>(self, or_else: NodeRef<E>)
    where
        E: ElementType,
        E::Output: JsCast + Clone + 'static,
    {
        Effect::new(move || {
            let Some(element) = or_else.get() else { return };
            if let Some(id) = self.kept.try_update_value(Option::take).flatten() {
                focus_in_place(Some(id), element);
            }
        });
    }
}
