//! The status of a registration, in words.

use domain::RegistrationStatus;
use leptos::prelude::*;

/// A registration's status.
#[component]
pub(crate) fn StatusBadge(
    /// The status.
    status: RegistrationStatus,
) -> impl IntoView {
    let (words, class) = match status {
        RegistrationStatus::Pending => ("Place held, confirmation on its way", "badge-info"),
        RegistrationStatus::Confirmed => ("Confirmed", "badge-success"),
        RegistrationStatus::Cancelled => ("Cancelled", "badge-neutral"),
        RegistrationStatus::Failed => ("Failed", "badge-error"),
    };
    view! { <span class=format!("badge h-auto py-1 text-left {class}")>{words}</span> }
}
