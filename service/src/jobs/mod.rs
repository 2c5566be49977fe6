//! Background jobs. The `jobs` table is the truth and the outbox: a job is a row, inserted in the
//! transaction of the change that causes it.
//!
//! A worker *claims* a job for a lease and gets an epoch with it. Whatever it says of the job later counts
//! only while the row still has that epoch: a worker that was taken for dead cannot undo what its successor did.
//!
//! With Redis, its lists carry tickets of jobs that are ready to the workers that wait for them. Nothing depends on it.

mod age;
mod claim;
mod consumer;
mod dead_letters;
mod demo;
mod finish;
mod job;
mod operator;
mod queue;
mod relay;
mod state;
mod stats;
mod sweep;
mod ticket;

pub(crate) use age::begun_at;
pub use claim::{Claim, LEASE, claim, extend_lease, hand_back};
pub use consumer::Consumer;
pub use dead_letters::{dead_letter, dead_letters, discard, revive, revive_all};
pub(crate) use demo::seed_dead_letters;
pub use finish::{Verdict, complete, fail};
pub(crate) use finish::{acknowledge, give_up};
pub use job::Job;
use job::PRIORITIES;
pub(crate) use job::{add, rows};
pub use operator::Operator;
pub(crate) use relay::announce;
pub use relay::relay;
pub(crate) use state::State;
pub use stats::stats;
pub use sweep::sweep;
pub(crate) use ticket::Ticket;
