//! The heading of a page, and the focus that follows a change of page.

use leptos::{
    html::{ElementType, H1},
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::HtmlElement,
};
use leptos_router::hooks::use_location;

/// Focuses the element as soon as it is in the document, which it may not be yet when its page is put together.
pub(crate) fn focus<E: JsCast + 'static>(element: E) {
    request_animation_frame(move || {
        // An element in the document can be focused; one that is gone again need not be.
        let _ = element.unchecked_ref::<HtmlElement>().focus();
    });
}

/// Whether the address has changed without a page being loaded. The browser then leaves the focus where it
/// was, so the heading of what is new takes it, once.
#[derive(Clone, Copy)]
pub(crate) struct NavigationFocus(StoredValue<bool>);

impl NavigationFocus {
    /// Inside the router, for it follows the address.
    pub(crate) fn provide() {
        let is_due = StoredValue::new(false);
        let location = use_location();
        let address = move || (location.pathname.get(), location.search.get());
        Effect::watch(address, move |_, _, _| is_due.set_value(true), false);
        provide_context(Self(is_due));
    }

    /// Focuses the element if it came with a new address.
    pub(crate) fn take<E>(node: NodeRef<E>)
    where
        E: ElementType,
        E::Output: JsCast + Clone + 'static,
    {
        let Self(is_due) = expect_context();
        Effect::new(move || {
            if let Some(element) = node.get()
                && is_due.get_value()
            {
                is_due.set_value(false);
                focus(element);
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
