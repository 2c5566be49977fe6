//! Background jobs. The `jobs` table is the truth and the outbox: a job is a row, inserted in the
//! transaction of the change that causes it.
//!
//! A worker *claims* a job for a lease and gets an epoch with it. Whatever it says of the job later counts
//! only while the row still has that epoch: a worker that was taken for dead cannot undo what its successor did.
//!
//! Jobs of different [`Class`]es have workers of their own, so that nothing waits behind what is
//! slow. A job that failed for a reason of its own uses up an attempt; one that met a database or a
//! service that is away is put off, without end.
//!
//! With Redis, its lists carry tickets of jobs that are ready to the workers that wait for them. Nothing depends on it.

mod age;
mod claim;
mod class;
mod consumer;
mod dead_letters;
mod demo;
mod disposition;
mod finish;
mod job;
mod operator;
mod postpone;
mod queue;
mod relay;
mod state;
mod stats;
mod sweep;
mod ticket;

pub(crate) use age::begun_at;
pub use claim::{Claim, ClaimKey, LEASE, claim, excuse_lost_leases, extend_lease, hand_back};
pub use class::Class;
pub use consumer::Consumer;
pub use dead_letters::{dead_letter, dead_letters, discard, revive, revive_all};
pub(crate) use demo::seed_dead_letters;
pub use disposition::Disposition;
pub(crate) use finish::acknowledge;
pub use finish::{Verdict, complete, fail, give_up};
pub use job::Job;
pub(crate) use job::{add, rows, rows_in_bulk};
pub use operator::Operator;
pub use postpone::postpone;
pub(crate) use relay::announce;
pub use relay::relay;
pub(crate) use state::State;
pub use stats::stats;
pub use sweep::{bring_forward, sweep, sweep_lists};
pub(crate) use ticket::Ticket;
