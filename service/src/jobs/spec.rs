//! The rules of one kind of job, as data.

use std::time::Duration;

use super::{Class, Disposition};

/// Where jobs of one kind and priority wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The workers that take them.
    pub class: Class,
    /// Lower runs first.
    pub priority: i16,
    /// The name of their list in Redis. A program takes from the lists that it knows, so that jobs
    /// of a newer version wait for a worker of that version.
    pub list: &'static str,
}

/// The rules of one kind of job. [`BackgroundJob`](super::BackgroundJob) says what each means.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// The name in the `kind` column.
    pub name: &'static str,
    /// Where its jobs wait.
    pub route: Route,
    /// Where some of its jobs wait that were added with another priority.
    pub other_routes: &'static [Route],
    /// Failed attempts after which a job moves to the dead letters.
    pub max_attempts: i32,
    /// How long a run may take.
    pub time_limit: Duration,
    /// What a run beyond the time limit means for its job.
    pub on_timeout: Disposition,
    /// Whether jobs that were claimed together run together.
    pub batched: bool,
    /// Whether only earlier releases add such jobs.
    pub retired: bool,
}

impl Spec {
    /// Every route of its jobs.
    pub(super) fn routes(&self) -> impl Iterator<Item = Route> {
        std::iter::once(self.route).chain(self.other_routes.iter().copied())
    }
}
