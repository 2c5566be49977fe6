//! The foot of every page.

use leptos::prelude::*;

/// The foot of every page.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    view! {
        <footer class="border-t border-base-300">
            <div class="site-width flex flex-wrap items-center justify-between gap-x-8 gap-y-2 py-6 text-sm">
                <p>"Mini Compete: every place is counted once."</p>
                <nav aria-label="Footer" class="flex flex-wrap gap-x-6">
                    <a class="quiet-link" href="/competitions">"All competitions"</a>
                    <a class="quiet-link" href="/api/docs" rel="external">"API for developers"</a>
                </nav>
            </div>
        </footer>
    }
}
