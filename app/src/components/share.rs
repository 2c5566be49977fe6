//! Sharing a page.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use crate::site_url::absolute;

/// The link to a page and, if JavaScript and the browser allow it, a button that copies it.
#[component]
pub(crate) fn Share(
    /// The page: `/competitions`.
    path: String,
) -> impl IntoView {
    let url = absolute(&path);
    let (can_copy, set_can_copy) = signal(false);
    let (copied, set_copied) = signal(None);
    Effect::new(move || set_can_copy.set(window().is_secure_context()));
    let copy = {
        let url = url.clone();
        move |_| {
            let written = JsFuture::from(window().navigator().clipboard().write_text(&url));
            spawn_local(async move {
                let refused = "Your browser does not allow copying. Copy the address instead.";
                set_copied.set(Some(written.await.map_or(refused, |_| "Link copied")));
            });
        }
    };
    view! {
        <p class="flex flex-wrap items-center gap-x-4">
            <a class="quiet-link" href=url>"Link to this page"</a>
            <Show when=move || can_copy.get()>
                <button type="button" class="btn btn-sm" on:click=copy.clone()>
                    "Copy link"
                </button>
            </Show>
            <span role="status" class="text-sm">{copied}</span>
        </p>
    }
}
