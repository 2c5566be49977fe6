//! A labelled number.

use leptos::prelude::*;

/// A number and its label, within a `dl`.
#[component]
pub(crate) fn Total(
    /// The label.
    label: &'static str,
    /// The number.
    value: String,
) -> impl IntoView {
    view! {
        <div class="total">
            <dt>{label}</dt>
            <dd>{value}</dd>
        </div>
    }
}
