//! The jobs that were given up.

use domain::JobId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{QUEUES, queues::RetryJob};
use crate::{
    Moment,
    components::{EmptyState, ViewerTime},
};

/// A job that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLine {
    /// Which one.
    pub id: JobId,
    /// What it was to do.
    pub kind: String,
    /// With what, as JSON.
    pub payload: String,
    /// How often it failed.
    pub attempts: u32,
    /// Why it failed the last time.
    pub last_error: String,
    /// When it was given up.
    pub failed_at: Moment,
}

#[cfg(feature = "ssr")]
impl DeadLine {
    pub(super) fn of(letter: domain::DeadLetter, clock: &crate::ssr::clock::ViewerClock) -> Self {
        Self {
            id: letter.id,
            kind: letter.kind,
            payload: letter.payload.to_string(),
            attempts: letter.attempts,
            last_error: letter.last_error,
            failed_at: clock.here(letter.failed_at),
        }
    }
}

/// The jobs that were given up, in one form: each button in it sends the job that it stands beside.
#[component]
pub(super) fn DeadLetters(
    /// Latest first.
    letters: Vec<DeadLine>,
    /// Putting one back.
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
    let letter = |letter: DeadLine| view! { <li><Letter letter /></li> };
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
fn Letter(letter: DeadLine) -> impl IntoView {
    let discard = format!("{QUEUES}/{}/discard", letter.id);
    let kind = letter.kind.clone();
    view! {
        <article class="section">
            <div class="flex flex-wrap items-start justify-between gap-3">
                <JobWords letter=letter.clone() />
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

/// What there is to know about a job that was given up.
#[component]
pub(super) fn JobWords(
    /// The job.
    letter: DeadLine,
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
                "Payload " <code>{letter.payload}</code> ", job ID " <code>{letter.id.to_string()}</code>
            </p>
        </div>
    }
}
