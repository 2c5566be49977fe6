//! The choice whether registrations need approval.

use domain::Clash;
use leptos::prelude::*;

use super::theirs::Theirs;

/// Whether the organizer approves registrations.
#[component]
pub(super) fn ApprovalChoice(
    /// Whether it is chosen.
    is_chosen: bool,
    /// A conflicting change, if there is one.
    clash: Option<Clash>,
) -> impl IntoView {
    let clash = clash.map(|clash| {
        let now = if clash.now.is_empty() { "No approval" } else { "Approval by the organizer" };
        Clash { now: now.to_owned(), ..clash }
    });
    view! {
        <label class="choice">
            <input
                class="checkbox"
                type="checkbox"
                id="approvalRequired"
                name="draft[approvalRequired]"
                value="true"
                checked=is_chosen
            />
            <span class="grid">
                <span class="font-semibold">"Approve each registration"</span>
                <span class="text-sm text-muted">
                    "A registration has no seat until you approve it. You approve or reject it on \
                        the page where you manage the competition."
                </span>
            </span>
        </label>
        <Theirs clash name="theirs[approvalRequired]" />
    }
}
