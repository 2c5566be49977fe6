//! The job runner: takes jobs from the `jobs` table, carries them out, and fires the cron schedule.
//!
//! What a job *does* is a use case of `service`; this crate decides when, how often and for how long.
//! `mini-compete serve` runs it in its own process, `mini-compete worker` and `mini-compete-worker` alone.

mod batches;
mod cron;
mod dispatcher;
mod execution;
mod handlers;
mod leases;
mod options;
mod runner;
mod schedule;
mod steadiness;
mod sweeper;

pub mod process;

pub use options::{InstallationOptions, Switch, WorkerOptions, origin};
pub use runner::{drain, run};
pub use schedule::Schedule;
