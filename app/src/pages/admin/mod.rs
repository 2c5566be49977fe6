//! The pages of administrators.

mod dead_letters;
mod discard_job;
mod job_counts;
mod queues;
mod retry;

pub use dead_letters::DeadLetterRow;
pub use discard_job::{DiscardJobPage, DiscardJobScreen, TypedJobType};
pub use queues::{QueuesPage, QueuesScreen};

/// The address of the queues.
pub(crate) const QUEUES: &str = "/admin/queues";
