//! That a form came to something.

use leptos::prelude::*;

use super::{Icon, Shape};

/// Says that a form came to something. The frame is always there, for screen readers announce what appears in it.
#[component]
pub(crate) fn Done(
    /// Whether it did.
    done: Signal<bool>,
    /// What it came to.
    words: &'static str,
) -> impl IntoView {
    view! {
        <div role="status" class="empty:hidden">
            {move || {
                done.get()
                    .then(|| {
                        view! {
                            <p class="icon-line font-semibold">
                                <Icon shape=Shape::Tick />
                                {words}
                            </p>
                        }
                    })
            }}
        </div>
    }
}
