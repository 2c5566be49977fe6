//! The failed jobs.

use domain::JobId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{QUEUES, queues_at, retry::RetryJob};
use crate::{
    Moment,
    components::{EmptyState, PastTheEnd, ViewerTime},
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

/// One page of the failed jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterList {
    /// Latest first.
    pub rows: Vec<DeadLetterRow>,
    /// The number on all pages.
    pub total: u64,
    /// Counted from 1.
    pub page: u64,
    /// The number of pages.
    pub pages: u64,
}

#[cfg(feature = "ssr")]
impl DeadLetterList {
    pub(super) fn of(
        found: domain::Page<domain::DeadLetter>,
        clock: &crate::ssr::clock::ViewerClock,
    ) -> Self {
        let (total, page, pages) = (found.total, found.page, found.pages());
        let row = |letter| DeadLetterRow::of(letter, clock);
        Self { rows: found.items.into_iter().map(row).collect(), total, page, pages }
    }
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
    /// Those of the page.
    list: DeadLetterList,
    /// Puts one back in its queue.
    retry: ServerAction<RetryJob>,
) -> impl IntoView {
    if list.total == 0 {
        return view! {
            <EmptyState title="No failed jobs">
                <p>"Jobs that fail three times appear here."</p>
            </EmptyState>
        }
        .into_any();
    }
    if list.rows.is_empty() {
        return view! { <PastTheEnd first=queues_at(1) /> }.into_any();
    }
    let letter = |letter: DeadLetterRow| view! { <li><Letter letter /></li> };
    view! {
        <ActionForm action=retry>
            <ul aria-label="Failed jobs" class="grid gap-3">
                {list.rows.into_iter().map(letter).collect_view()}
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
