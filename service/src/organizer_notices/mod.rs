//! Notices to organizers of what participants do with their competitions.
//!
//! Admission does nothing for them. A job looks once a minute at the competitions whose version
//! has changed since it last looked, and at the registrations that have changed since then. So a
//! rush of thousands is one notice, and a competition that nothing happens to costs nothing.
//!
//! A registration has the time at which its request was decided; its transaction may be committed
//! later. So the job looks at what is older than [`SETTLED_AFTER`], longer than any transaction
//! takes, and looks again while there is something newer.
//!
//! The two timings look independently of each other, each with a row of its own for each
//! competition: a notice that came at once does not come again in the morning, because each notice
//! has one timing.

mod at_once;
mod choices;
mod daily;
mod job;
mod look;
mod news;
mod words;

use chrono::TimeDelta;

pub(crate) use self::words::mail_examples;
pub use self::{
    choices::{edit, get},
    job::NotifyOrganizers,
};

/// How old a change of a registration is before it is looked at.
const SETTLED_AFTER: TimeDelta = TimeDelta::minutes(1);
/// Competitions and organizers that one run looks at; the next one goes on.
const MAX_IN_A_RUN: usize = 500;
