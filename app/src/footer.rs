//! The footer of every page.

use leptos::prelude::*;

use crate::components::ThemeSwitch;

/// The footer of every page.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    view! {
        <footer class="site-foot">
            <div class="site-width flex flex-wrap items-center justify-between gap-x-8 gap-y-3 \
                        py-6 text-sm">
                <div class="grid gap-1">
                    <p>"Mini Compete: every seat is counted once."</p>
                    <nav aria-label="Footer" class="flex flex-wrap gap-x-6">
                        <a class="quiet-link" href="/competitions">"All competitions"</a>
                        <a class="quiet-link" href="/api/docs" rel="external">
                            "API for developers"
                        </a>
                    </nav>
                </div>
                <ThemeSwitch />
            </div>
        </footer>
    }
}
