//! What an organizer has done to a registration.

use domain::RegistrationEventKind;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Moment, components::ViewerTime};

/// An event in the history of a registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// What was done.
    pub kind: RegistrationEventKind,
    /// The name of who did it, unless the account is deleted.
    pub by: Option<String>,
    /// Why, if the organizer gave a reason.
    pub reason: Option<String>,
    /// When it was done.
    pub at: Moment,
}

#[cfg(feature = "ssr")]
impl HistoryEntry {
    pub(super) fn of(
        event: domain::RegistrationEvent,
        clock: &crate::ssr::clock::ViewerClock,
    ) -> Self {
        let domain::RegistrationEvent { kind, by, reason, at } = event;
        Self { kind, by, reason, at: clock.in_viewer_zone(at) }
    }
}

/// The history of a registration; nothing if there is none.
#[component]
pub(super) fn History(
    /// Newest first.
    entries: Vec<HistoryEntry>,
) -> impl IntoView {
    let entry = |HistoryEntry { kind, by, reason, at }: HistoryEntry| {
        let by = by.map(|name| view! { " by " <bdi>{name}</bdi> });
        let reason = reason.map(|reason| {
            view! { <span class="block text-sm" dir="auto">{reason}</span> }
        });
        view! {
            <li>
                <span class="font-semibold">{words(kind)}</span>
                {by}
                <span class="block text-sm text-muted">
                    <ViewerTime at />
                </span>
                {reason}
            </li>
        }
    };
    (!entries.is_empty()).then(|| {
        view! {
            <section aria-labelledby="history" class="grid gap-4">
                <h2 id="history" class="subheading">"History"</h2>
                <ol class="grid gap-4">{entries.into_iter().map(entry).collect_view()}</ol>
            </section>
        }
    })
}

fn words(kind: RegistrationEventKind) -> &'static str {
    match kind {
        RegistrationEventKind::Approved => "Approved",
        RegistrationEventKind::Rejected => "Rejected",
        RegistrationEventKind::Removed => "Removed",
        RegistrationEventKind::Promoted => "Given a seat",
        RegistrationEventKind::Added => "Added",
        RegistrationEventKind::AnswersEdited => "Answers edited",
    }
}
