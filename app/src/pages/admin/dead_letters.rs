//! The failed jobs.

use domain::JobId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{QUEUES, retry::RetryJob};
use crate::{
    Moment,
    components::{EmptyState, ViewerTime},
};

/// A failed job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterRow {
    /// Its id.
    pub id: JobId,
    /// Its type.
    pub kind: String,
    /// Its payload, as JSON.
    pub payload: String,
    /// How many times it failed.
    pub attempts: u32,
    /// The error of the last attempt.
    pub last_error: String,
    /// When it failed for the last time.
    pub failed_at: Moment,
}

#[cfg(feature = "ssr")]
impl DeadLetterRow {
    pub(super) fn of(letter: domain::DeadLetter, clock: &crate::ssr::clock::ViewerClock) -> Self {
        Self {
            id: letter.id,
            kind: letter.kind,
            payload: letter.payload.to_string(),
            attempts: letter.attempts,
            last_error: letter.last_error,
            failed_at: clock.in_viewer_zone(letter.failed_at),
        }
    }
}

/// The failed jobs, in one form: each button submits the id of the job it stands beside.
#[component]
pub(super) fn DeadLetters(
    /// Latest first.
    letters: Vec<DeadLetterRow>,
    /// Puts one back in its queue.
    retry: ServerAction<RetryJob>,
) -> impl IntoView {
    if letters.is_empty() {
        return view! {
            <EmptyState title="No failed jobs">
                <p>"Jobs that fail three times appear here."</p>
            </EmptyState>
        }
        .into_any();
    }
    let letter = |letter: DeadLetterRow| view! { <li><Letter letter /></li> };
    view! {
        <ActionForm action=retry>
            <ul aria-label="Failed jobs" class="grid gap-3">
                {letters.into_iter().map(letter).collect_view()}
            </ul>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn Letter(letter: DeadLetterRow) -> impl IntoView {
    let discard = format!("{QUEUES}/{}/discard", letter.id);
    let kind = letter.kind.clone();
    view! {
        <article class="section">
            <div class="flex flex-wrap items-start justify-between gap-3">
                <DeadLetterDetails letter=letter.clone() />
                <div class="flex flex-wrap gap-2">
                    <button class="btn" name="id" value=letter.id.to_string()>
                        "Retry"
                        <span class="sr-only">{format!(" {kind}")}</span>
                    </button>
                    <a class="btn" href=discard>
                        "Discard"
                        <span class="sr-only">{format!(" {kind}")}</span>
                    </a>
                </div>
            </div>
        </article>
    }
}

/// The details of a failed job.
#[component]
pub(super) fn DeadLetterDetails(
    /// The job.
    letter: DeadLetterRow,
) -> impl IntoView {
    let attempts = match letter.attempts {
        1 => "Failed once".to_owned(),
        times => format!("Failed {times} times"),
    };
    view! {
        <div class="grid min-w-0 gap-1">
            <h3 class="font-semibold">
                <code>{letter.kind}</code>
            </h3>
            <p class="wrap-anywhere">{letter.last_error}</p>
            <p class="text-sm text-muted">
                {attempts} ", last " <ViewerTime at=letter.failed_at />
            </p>
            <p class="text-sm text-muted wrap-anywhere">
                "Payload " <code>{letter.payload}</code>
                ", job ID " <code>{letter.id.to_string()}</code>
            </p>
        </div>
    }
}
