//! The message that a form has succeeded.

use leptos::prelude::*;

use super::{Icon, Shape};

/// The message that a form has succeeded. Its element is always there, because screen readers
/// announce changes inside an existing live region.
#[component]
pub(crate) fn SuccessMessage(
    /// Whether the form has succeeded.
    shown: Signal<bool>,
    /// The text.
    message: &'static str,
) -> impl IntoView {
    view! {
        <div role="status" class="empty:hidden">
            {move || {
                shown.get()
                    .then(|| {
                        view! {
                            <p class="icon-line font-semibold">
                                <Icon shape=Shape::Tick />
                                {message}
                            </p>
                        }
                    })
            }}
        </div>
    }
}
