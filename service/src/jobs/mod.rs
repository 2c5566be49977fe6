//! Background jobs. The `jobs` table is the truth and the outbox: a job is a row, inserted in the
//! transaction of the change that causes it.
//!
//! A worker *claims* a job for a lease and gets an epoch with it. Whatever it says of the job later counts
//! only while the row still has that epoch: a worker that was taken for dead cannot undo what its successor did.

mod claim;
mod finish;
mod job;
mod sweep;

pub use claim::{Claim, LEASE, claim, extend_lease, hand_back};
pub(crate) use finish::acknowledge;
pub use finish::{Verdict, complete, fail};
pub use job::Job;
pub(crate) use job::{add, rows};
pub use sweep::sweep;
