//! Background jobs. The `jobs` table is the outbox and the only truth: a job is a row, inserted in
//! the transaction of the change that causes it.
//!
//! | Module | |
//! |---|---|
//! | `background_job`, `registry` | the trait [`BackgroundJob`] and the list of all jobs |
//! | `new_job`, `claiming`, `lease`, `finish`, `postpone` | a row: waiting, active, completed |
//! | `split` | a job of several items becomes jobs of one item each when it fails |
//! | `dead_letters`, `listing`, `stats`, `operator` | use cases of operators |
//! | `queue`, `relay`, `consumer` | the lists in Redis, which wake workers |
//! | `sweep` | recovery from lost workers and lost lists |
//!
//! A worker *claims* a job for a lease and gets an epoch with it. Its later writes to the job count
//! only while the row still has that epoch: a worker that was taken for dead cannot undo the work
//! of its successor.
//!
//! Jobs of different [`Class`]es have workers of their own, so that no job waits behind slow ones
//! of another class. A job that fails uses up an attempt. A job that needs an unavailable database
//! or service is postponed, any number of times.
//!
//! With Redis, its lists carry tickets of jobs to the workers that wait for them. No job depends on
//! Redis.
//!
//! Stored words are older than those of the code and the pages, and stay: stored jobs are found by
//! them. The API has the stored words too.
//!
//! | Stored | In code and on pages |
//! |---|---|
//! | state `ready` | waiting; *delayed* while `run_at` is in the future |
//! | state `running` | active |
//! | state `done` | completed |
//! | a row of `failed_jobs` | dead letter; *failed* on pages |
//! | kind `tell_of_cancellation` | `NotifyOfCancellation` |
//! | action `revived` in `job_audits` | retry |

mod age;
mod background_job;
mod backoff;
mod claim;
mod claiming;
mod class;
mod consumer;
mod dead_letters;
mod depth;
mod disposition;
mod finish;
mod lease;
mod listing;
mod metrics;
mod new_job;
mod operator;
mod postpone;
mod queue;
mod reason;
mod registry;
mod relay;
mod spec;
mod split;
mod stats;
mod sweep;
mod ticket;

pub(crate) use age::added_or_retried_at;
pub use background_job::{BackgroundJob, Execution, Registered};
pub use claim::{Claim, ClaimKey, LEASE};
pub use claiming::claim;
pub use class::Class;
pub use consumer::Consumer;
pub use dead_letters::{
    DeadLetterFilter, MAX_LISTED, MAX_RETRIED, count_dead_letters, dead_letter, dead_letters,
    dead_letters_after, dead_letters_on_page, discard, discard_batch, retry, retry_all,
    retry_batch,
};
pub(crate) use depth::{Depth, depths, lag};
pub use disposition::Disposition;
pub use finish::{FailOutcome, complete, fail, move_to_dead_letters};
pub use lease::{excuse_lost_leases, extend_lease, release};
pub use listing::{JobFilter, JobPage, JobState, JobSummary, list};
pub(crate) use metrics::WAIT;
pub use metrics::{JobOutcome, count_run};
pub use new_job::NewJob;
pub(crate) use new_job::{add, rows};
pub use operator::Operator;
pub use postpone::postpone;
pub use registry::execute;
pub(crate) use registry::{RegisteredJob, Registry, names_are_distinct};
pub(crate) use relay::push_tickets;
pub use relay::relay;
pub use spec::{Route, Spec};
pub use stats::stats;
pub use sweep::{bring_forward, sweep, sweep_lists};
pub(crate) use ticket::Ticket;
