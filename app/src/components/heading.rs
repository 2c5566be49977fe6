//! The heading of a page, and the focus that follows a change of page.

use leptos::{
    html::{ElementType, H1},
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{FocusOptions, HtmlElement},
};
use leptos_router::hooks::use_location;

use crate::next;

/// Focuses the element as soon as it is in the document, which it may not be yet when its page is put together.
pub(crate) fn focus<E: JsCast + 'static>(element: E) {
    focus_with(element, FocusOptions::new());
}

/// The same, and leaves the page scrolled as it is.
fn focus_in_place<E: JsCast + 'static>(element: E) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    focus_with(element, options);
}

fn focus_with<E: JsCast + 'static>(element: E, options: FocusOptions) {
    request_animation_frame(move || {
        // An element in the document can be focused; one that is gone again need not be.
        let _ = element.unchecked_ref::<HtmlElement>().focus_with_options(&options);
    });
}

/// At which address the focus was set last. When the address changes without a page being loaded the browser leaves the
/// focus where it was, so the heading of what is new takes it, once.
#[derive(Clone, Copy)]
pub(crate) struct NavigationFocus(StoredValue<String>);

impl NavigationFocus {
    /// Inside the router, for it asks for the address.
    pub(crate) fn provide() {
        let loaded = untrack(|| next::here(&use_location()));
        provide_context(Self(StoredValue::new(loaded)));
    }

    /// Focuses the element if it came with a new address. That is compared when the element is there, which it may be
    /// before an effect that follows the address has run.
    pub(crate) fn take<E>(node: NodeRef<E>)
    where
        E: ElementType,
        E::Output: JsCast + Clone + 'static,
    {
        // A page that the browser has loaded is new to nobody, even if its code arrives after a click that leads on.
        if Owner::current_shared_context().is_some_and(|page| page.during_hydration()) {
            return;
        }
        let (Self(last), location) = (expect_context(), use_location());
        Effect::new(move || {
            let Some(element) = node.get() else { return };
            let here = untrack(|| next::here(&location));
            if last.get_value() != here {
                last.set_value(here);
                // The router has scrolled to the top, or the way back leads elsewhere.
                focus_in_place(element);
            }
        });
    }
}

/// The one `h1` of a page.
#[component]
pub(crate) fn Heading(
    /// Whether it takes the focus after a change of page; not when something below it does.
    #[prop(default = true)]
    takes_focus: bool,
    /// The text.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<H1>::new();
    if takes_focus {
        NavigationFocus::take(node);
    }
    view! {
        <h1 node_ref=node tabindex="-1" class="heading outline-none">
            {children()}
        </h1>
    }
}
