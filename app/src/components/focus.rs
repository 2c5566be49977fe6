//! Moving the focus when a page changes.

use leptos::{
    html::ElementType,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{FocusOptions, HtmlElement},
};
use leptos_router::hooks::use_location;

use super::ScrollMemory;
use crate::{hydration, next};

/// The number of frames to wait for an element that is not in the document yet.
const FRAMES: u32 = 60;

/// Focuses the element as soon as it is in the document. It may not be there yet while its page is
/// built.
pub(crate) fn focus<E: JsCast + 'static>(element: E) {
    when_connected(element.unchecked_into(), FRAMES, |element| {
        // If the element cannot be focused, the focus stays where it is.
        let _ = element.focus();
    });
}

/// Focuses the element with this id, or else the other one, without scrolling the page.
fn focus_in_place<E: JsCast + 'static>(id: Option<String>, or_else: E) {
    focus_one(id, or_else, true);
}

fn focus_one<E: JsCast + 'static>(id: Option<String>, or_else: E, stays_in_place: bool) {
    when_connected(or_else.unchecked_into(), FRAMES, move |or_else| {
        let found = id.and_then(|id| document().get_element_by_id(&id));
        let element = found.map_or(or_else, JsCast::unchecked_into);
        let options = FocusOptions::new();
        options.set_prevent_scroll(stays_in_place);
        // As above.
        let _ = element.focus_with_options(&options);
    });
}

fn when_connected(element: HtmlElement, frames: u32, then: impl FnOnce(HtmlElement) + 'static) {
    request_animation_frame(move || {
        if element.is_connected() || frames == 0 {
            then(element);
        } else {
            when_connected(element, frames - 1, then);
        }
    });
}

/// Moves the focus when the address changes without a page load: the browser would leave it where
/// it was.
#[derive(Clone, Copy)]
pub(crate) struct NavigationFocus {
    /// The address at which the focus was moved last.
    last: StoredValue<String>,
    /// The id of the link that was followed, if it gets the focus again.
    kept: StoredValue<Option<String>>,
}

impl NavigationFocus {
    /// Call inside the router, because it reads the address.
    pub(crate) fn provide() {
        let loaded = untrack(|| next::here(&use_location()));
        provide_context(Self { last: StoredValue::new(loaded), kept: StoredValue::default() });
    }

    /// Called by a link that the next page shows again, with the same id.
    pub(crate) fn keep_with(self, id: String) {
        self.kept.set_value(Some(id));
    }

    /// Focuses the heading of a new page once, or the link that led there. It compares the address
    /// when the heading is there, because that may be before an effect on the address runs.
    pub(crate) fn take<E>(node: NodeRef<E>)
    where
        E: ElementType,
        E::Output: JsCast + Clone + 'static,
    {
        // A page that the browser has loaded itself needs no focus, even if its code arrives after
        // the next click.
        if hydration::is_under_way() {
            return;
        }
        let (Self { last, kept }, location) = (expect_context(), use_location());
        let stays_in_place = ScrollMemory::is_restoring();
        Effect::new(move || {
            let Some(element) = node.get() else { return };
            let here = untrack(|| next::here(&location));
            if last.get_value() != here {
                last.set_value(here);
                let kept = kept.try_update_value(Option::take).flatten();
                // The router scrolls to the element of an address only if it is there already.
                let hash = untrack(|| location.hash.get());
                match hash.trim_start_matches('#') {
                    "" => focus_in_place(kept, element),
                    id => focus_one(Some(id.to_owned()), element, stays_in_place),
                }
            }
        });
    }

    /// Whether the link with this id gets the focus, once it is there.
    pub(crate) fn keeps(self, id: &str) -> bool {
        self.kept.with_value(|kept| kept.as_deref() == Some(id))
    }

    /// Focuses the link that led here, if there is one, or this element if the link is gone.
    pub(crate) fn restore_or<E>(self, or_else: NodeRef<E>)
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
