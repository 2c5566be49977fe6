//! The status of a registration, in words.

use domain::RegistrationStatus;
use leptos::prelude::*;

/// A registration's status.
#[component]
pub(crate) fn StatusBadge(
    /// The status.
    status: RegistrationStatus,
) -> impl IntoView {
    let class = match status {
        RegistrationStatus::Pending => "badge-info",
        RegistrationStatus::Confirmed => "badge-success",
        RegistrationStatus::Waitlisted | RegistrationStatus::AwaitingApproval => "badge-warning",
        RegistrationStatus::Cancelled => "badge-neutral",
        RegistrationStatus::Rejected | RegistrationStatus::Failed => "badge-error",
    };
    view! {
        <span class=format!("badge h-auto py-1 text-left {class}")>{status_words(status)}</span>
    }
}

/// The status in words.
pub(crate) fn status_words(status: RegistrationStatus) -> &'static str {
    match status {
        RegistrationStatus::Pending => "Pending",
        RegistrationStatus::Confirmed => "Confirmed",
        RegistrationStatus::Waitlisted => "Waiting list",
        RegistrationStatus::AwaitingApproval => "Awaiting approval",
        RegistrationStatus::Cancelled => "Cancelled",
        RegistrationStatus::Rejected => "Rejected",
        RegistrationStatus::Failed => "Failed",
    }
}
