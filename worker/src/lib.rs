//! The job runner: claims jobs of the `jobs` table, runs them, and fires the cron schedule.
//!
//! The jobs and their handlers are use cases of `service`; this crate decides when, how often and
//! for how long they run. `mini-compete serve` runs it in its own process, `mini-compete worker`
//! runs it alone.

mod batches;
mod cron;
mod dispatcher;
mod execution;
mod groups;
mod leases;
mod log;
mod runner;
mod schedule;
mod settings;
mod spans;
mod steadiness;
mod sweeper;

pub use runner::{drain, run};
pub use schedule::Schedule;
pub use settings::WorkerSettings;
