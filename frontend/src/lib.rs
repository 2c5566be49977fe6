//! Makes the pages live in the browser, and nothing else.

use std::panic;

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page that the server rendered. The browser calls it once, when the page has
/// loaded. After a panic the browser answers links and forms again; a page that was altered before
/// is left to it at once.
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
