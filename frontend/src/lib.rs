//! Makes the pages live in the browser, and nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page that the server rendered. The browser calls it once, when the page has loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(app::App);
}
