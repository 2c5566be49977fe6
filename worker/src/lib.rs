//! The job runner: claims jobs of the `jobs` table, runs them, and fires the cron schedule.
//!
//! The jobs and their handlers are use cases of `service`; this crate decides when, how often and
//! for how long they run, and knows none of them by name. `mini-compete serve` runs it in its own
//! process, `mini-compete worker` and `mini-compete-worker` run it alone.

mod batches;
mod cron;
mod dispatcher;
mod execution;
mod groups;
mod leases;
mod log;
mod options;
mod runner;
mod schedule;
mod steadiness;
mod sweeper;

pub mod process;

pub use options::{InstallationOptions, Switch, WorkerOptions, origin};
pub use runner::{drain, run};
pub use schedule::Schedule;
