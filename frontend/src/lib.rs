//! The entry point of the code in the browser: it hydrates the pages.

use std::panic;

use leptos::{mount::hydrate_from_async, tachys::dom::body};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

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
        // `hydrate_lazy` does the same, and does not tell when the bundle of the page has arrived.
        spawn_local(async {
            app::yield_to_browser().await;
            let mounted = hydrate_from_async(body(), app::App).await;
            mounted.forget();
            app::mark_hydrated();
        });
    }
}

/// Room among the constants of the program. cargo-leptos sorts them by the bundle that reads them,
/// with padding at each boundary. If the sorted constants need more room than the linker has laid
/// out, all of them go into the file that every page loads first, and `make weight` fails. The
/// padding was 188 bytes more than there was room; no bundle reads these bytes, so none holds them.
#[used]
static ROOM_FOR_PADDING: [u8; 4096] = [0; 4096];
