//! The entry point of the code in the browser: it hydrates the pages.

use std::panic;

use wasm_bindgen::prelude::wasm_bindgen;

/// Hydrates the page that the server rendered. The browser calls it once, when the page has loaded.
/// After a panic the browser handles links and forms again; a page that was altered before is
/// handed over to it at once.
#[wasm_bindgen]
pub fn hydrate() {
    panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        app::hand_over();
    }));
    if !app::is_handed_over() {
        leptos::mount::hydrate_lazy(app::App);
    }
}
