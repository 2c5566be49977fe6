//! Whether our code handles the page.

use leptos::prelude::document;

/// Marks the page as hydrated, its bundle included. Browser tests wait for this.
pub fn mark_hydrated() {
    if let Some(html) = document().document_element() {
        // Setting a well-formed attribute cannot fail.
        let _ = html.set_attribute("data-hydrated", "");
    }
}
