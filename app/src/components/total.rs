//! A number worth knowing.

use leptos::prelude::*;

/// A number and what it counts, within a `dl`.
#[component]
pub(crate) fn Total(
    /// What it counts.
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
