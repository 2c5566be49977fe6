//! Hands the page over to the browser, so that links and forms go on working as without JavaScript.
//!
//! Our code changes a page through the nodes that it found there. A translator replaces text nodes,
//! an extension inserts elements: code that arrives later panics, and code that is there already
//! changes nodes that are shown no more. In both cases the attribute `data-handed-over` of the
//! document says so. From then on a script that stands in every page before all of our code
//! (`hand_over.js`) keeps clicks on links and buttons, submissions and the way back from our code,
//! and the browser answers them.
//!
//! - `altered`: the text of the navigation was replaced, or an element `font` appeared, as translators make. Code that has
//!   not run does not run; code that runs goes on to show live seats.
//! - `broken`: our code panicked or trapped. What the user did last and our code has not answered, the browser does.

use leptos::prelude::document;

const ATTRIBUTE: &str = "data-handed-over";

/// Watches over the page, and runs our code once something can be read, or after two seconds where
/// the browser does not say so. The second time, nothing is left to run.
pub(crate) const SCRIPT: &str = include_str!("hand_over.js");

/// Whether the browser answers links and forms.
pub fn is_handed_over() -> bool {
    document().document_element().is_some_and(|html| html.has_attribute(ATTRIBUTE))
}

/// Hands the page over after a panic.
pub fn hand_over() {
    if let Some(html) = document().document_element() {
        // Setting a well-formed attribute cannot fail.
        let _ = html.set_attribute(ATTRIBUTE, "broken");
    }
}
