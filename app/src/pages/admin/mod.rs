//! Looking after the installation; for administrators.

mod dead_letters;
mod discard;
mod kinds;
mod queues;

pub use dead_letters::DeadLine;
pub use discard::{DiscardPage, DiscardScreen, TypedKind};
pub use queues::{QueuesPage, QueuesScreen};

/// Where the queues are.
pub(crate) const QUEUES: &str = "/admin/queues";
