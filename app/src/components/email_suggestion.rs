//! The address that was most likely meant, below a field.

use domain::suggested_email;
use leptos::{ev::Event, prelude::*};

/// Shows, below the field of an email address, the address that was most likely meant.
#[component]
pub(crate) fn EmailSuggestion(
    /// The field.
    children: Children,
) -> impl IntoView {
    let meant = RwSignal::new(None);
    let suggest = move |event: Event| meant.set(suggested_email(&event_target_value(&event)));
    let words = move || {
        meant.get().map(|meant| {
            view! {
                <p class="text-sm">
                    "Did you mean " <strong class="break-all">{meant}</strong> "?"
                </p>
            }
        })
    };
    view! {
        <div class="grid gap-1.5" on:change=suggest>
            {children()}
            <div role="status" class="empty:hidden">{words}</div>
        </div>
    }
}
