//! The pages of administrators.

mod dead_letters;
mod discard_job;
mod job_counts;
mod mail_outcomes;
mod queues;
mod retry;

pub use dead_letters::{DeadLetterList, DeadLetterRow};
pub use discard_job::{DiscardJobPage, DiscardJobScreen, TypedJobType};
pub use queues::{QueuesPage, QueuesScreen};

/// The address of the queues.
pub(crate) const QUEUES: &str = "/admin/queues";

/// The same with a page of the failed jobs.
fn queues_at(page: u64) -> String {
    if page > 1 { format!("{QUEUES}?page={page}") } else { QUEUES.to_owned() }
}
