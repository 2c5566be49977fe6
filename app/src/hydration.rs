//! Our code takes over the page that the server rendered.

#[cfg(not(feature = "ssr"))]
use js_sys::Promise;
use leptos::prelude::*;
#[cfg(not(feature = "ssr"))]
use wasm_bindgen_futures::JsFuture;

/// Marks the page as hydrated, its bundle included. Browser tests wait for this.
pub fn mark_hydrated() {
    if let Some(html) = document().document_element() {
        // Setting a well-formed attribute cannot fail.
        let _ = html.set_attribute("data-hydrated", "");
    }
}

/// Whether the page is being hydrated.
pub(crate) fn is_under_way() -> bool {
    Owner::current_shared_context().is_some_and(|context| context.during_hydration())
}

/// Ends the task of the browser, which paints and handles input before our code goes on. Hydration
/// would block it for as long as all of its parts take.
#[cfg(not(feature = "ssr"))]
pub async fn yield_to_browser() {
    let task = Promise::new(&mut |resolve, _| {
        // Browsers accept every function.
        let _ = window().set_timeout_with_callback(&resolve);
    });
    // It is never rejected.
    let _ = JsFuture::from(task).await;
}

/// The server hydrates nothing.
#[cfg(feature = "ssr")]
pub async fn yield_to_browser() {}
