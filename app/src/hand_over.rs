//! Hands the page over to the browser, so that links and forms keep working as without JavaScript.
//!
//! Our code updates the nodes that it found when it started. A translator replaces text nodes, and
//! an extension inserts elements. Code that starts after that panics; code that runs already
//! updates nodes that are no longer shown. In both cases the document gets the attribute
//! `data-handed-over`. From then on `hand_over.js`, a script that every page runs before our code,
//! keeps clicks on links and buttons, submissions and the back button from our code, and the
//! browser handles them.
//!
//! - `altered`: the text of the navigation was replaced, or an element `font` appeared, which
//!   translators insert. Code that has not started does not start; code that runs keeps showing
//!   live seats.
//! - `broken`: our code panicked or trapped, or that of the first page could not be fetched. The
//!   browser repeats the last action if our code has not handled it.

use leptos::prelude::document;

const ATTRIBUTE: &str = "data-handed-over";

/// Watches the page, and starts our code after the first paint, or after two seconds in browsers
/// that do not report it. A second start does nothing.
pub(crate) const SCRIPT: &str = include_str!("hand_over.js");

/// Whether the browser handles links and forms.
pub fn is_handed_over() -> bool {
    document().document_element().is_some_and(|html| html.has_attribute(ATTRIBUTE))
}

/// Hands the page over after a panic, or when its code cannot be fetched.
pub fn hand_over() {
    if let Some(html) = document().document_element() {
        // Setting a well-formed attribute cannot fail.
        let _ = html.set_attribute(ATTRIBUTE, "broken");
    }
}
