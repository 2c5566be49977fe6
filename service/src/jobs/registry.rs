//! The jobs that this program knows.

use std::{collections::HashSet, sync::Arc};

use sea_orm::{ColumnTrait, Condition, ExprTrait};
use serde_json::Value;

use super::{
    Class,
    claim::{Claim, Payload, Run},
    lease::release,
    metrics::JobMetrics,
    new_job::{NewJob, stored_items},
    spec::{Route, Spec},
};
use crate::{Cause, Context, Result, entity::job};

/// A kind of job that this program knows, with its payload type erased.
#[derive(Debug)]
pub(crate) struct RegisteredJob {
    pub(super) spec: Spec,
    pub(super) parse: fn(&Value) -> Result<Parsed, String>,
    pub(super) split: fn(&Value) -> Result<Vec<NewJob>, String>,
    pub(super) run: Run,
}

/// A payload, and what its job consists of.
pub(crate) struct Parsed {
    pub(super) payload: Arc<dyn Payload>,
    pub(super) items: usize,
    /// Of a job of several items.
    pub(super) causes: Option<Vec<Cause>>,
}

/// Runs claimed jobs of one kind in one run of their handler, and acknowledges them unless the
/// handler has done so itself. Releases jobs of another kind than the first.
///
/// # Errors
/// The error of the handler. The jobs of its kind are still held then.
pub async fn execute(ctx: &Context, claims: &[Claim]) -> Result<()> {
    let Some(first) = claims.first() else { return Ok(()) };
    let others = claims.iter().filter(|claim| claim.kind() != first.kind());
    let others: Vec<_> = others.cloned().collect();
    if !others.is_empty() {
        release(ctx, &others).await?;
    }
    (first.run)(ctx, claims).await
}

/// Whether each job has a name of its own. Evaluated at compile time.
pub(crate) const fn names_are_distinct(jobs: &[RegisteredJob]) -> bool {
    let mut first = 0;
    while first < jobs.len() {
        let mut second = first + 1;
        while second < jobs.len() {
            if is_same(jobs[first].spec.name.as_bytes(), jobs[second].spec.name.as_bytes()) {
                return false;
            }
            second += 1;
        }
        first += 1;
    }
    true
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut index = 0;
    while index < one.len() && index < other.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    one.len() == other.len()
}

/// All kinds of jobs that this program knows, and their routes. A job of another kind is left for a
/// worker that knows it.
#[derive(Debug)]
pub(crate) struct Registry {
    jobs: &'static [RegisteredJob],
    /// Each kind with its routes, the most urgent first.
    routes: Vec<(&'static str, Route)>,
    metrics: JobMetrics,
}

impl Registry {
    pub(crate) fn new(jobs: &'static [RegisteredJob]) -> Self {
        let of = |spec: &'static Spec| spec.routes().map(|route| (spec.name, route));
        let mut routes: Vec<_> = jobs.iter().flat_map(|job| of(&job.spec)).collect();
        routes.sort_by_key(|(_, route)| route.priority);
        let metrics = JobMetrics::new(jobs.iter().map(|job| job.spec.name));
        Self { jobs, routes, metrics }
    }

    /// The metrics of every kind.
    pub(super) fn metrics(&self) -> &JobMetrics {
        &self.metrics
    }

    /// The name of every kind.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.jobs.iter().map(|job| job.spec.name)
    }

    /// The name of every kind that this release adds.
    pub(super) fn current_kinds(&self) -> impl Iterator<Item = &'static str> {
        self.jobs.iter().filter(|job| !job.spec.retired).map(|job| job.spec.name)
    }

    /// `None` for a job that this program does not know.
    pub(super) fn find(&self, kind: &str) -> Option<&'static RegisteredJob> {
        self.jobs.iter().find(|job| job.spec.name == kind)
    }

    /// Reads the row of a claimed job. `Err` with the reason for one that this program cannot read.
    pub(crate) fn read(&self, row: &job::Model) -> Result<Claim, String> {
        let job = self.find(&row.kind).ok_or("this program does not know the job")?;
        let Parsed { payload, items, causes } = (job.parse)(&row.payload)?;
        let (id, epoch, postponements) = (row.id, row.epoch, row.postponements);
        let causes = causes.unwrap_or_else(|| {
            vec![Cause::stored(row.request_id.as_deref(), row.traceparent.as_deref())]
        });
        let (spec, run) = (&job.spec, job.run);
        let route = spec.routes().find(|route| route.priority == row.priority);
        let class = route.unwrap_or(spec.route).class;
        Ok(Claim { id, spec, run, class, payload, items, epoch, postponements, causes })
    }

    /// The items of a job; 1 for a job that this program cannot read.
    pub(super) fn items(&self, kind: &str, payload: &Value) -> i32 {
        let parsed = self.find(kind).and_then(|job| (job.parse)(payload).ok());
        parsed.map_or(1, |parsed| stored_items(parsed.items))
    }

    /// The jobs that a job is split into; none for a job that this program cannot read.
    pub(super) fn split(&self, kind: &str, payload: &Value) -> Vec<NewJob> {
        let split = self.find(kind).and_then(|job| (job.split)(payload).ok());
        split.unwrap_or_default()
    }

    /// The list that a job waits in; `None` for one that this program does not know.
    pub(crate) fn list_of(&self, kind: &str, priority: i16) -> Option<&'static str> {
        let mut routes = self.routes.iter();
        let found = routes.find(|(name, route)| *name == kind && route.priority == priority);
        found.map(|(_, route)| route.list)
    }

    /// The list of this name; `None` for one that this program does not know.
    pub(super) fn list(&self, name: &str) -> Option<&'static str> {
        let mut lists = self.routes.iter().map(|(_, route)| route.list);
        lists.find(|list| *list == name)
    }

    /// The lists of a class, the most urgent first.
    pub(crate) fn lists(&self, class: Class) -> Vec<&'static str> {
        let mut lists: Vec<_> = self.routes(&[class]).map(|(_, route)| route.list).collect();
        let mut seen = HashSet::new();
        lists.retain(|list| seen.insert(*list));
        lists
    }

    /// The routes of some classes, the most urgent first, each with its kind.
    pub(crate) fn routes(&self, classes: &[Class]) -> impl Iterator<Item = (&'static str, Route)> {
        self.routes.iter().copied().filter(|(_, route)| classes.contains(&route.class))
    }

    /// The rows of jobs that this program knows, of some classes.
    pub(super) fn known(&self, classes: &[Class]) -> Condition {
        let priorities = self.routes(classes).map(|(_, route)| route.priority);
        let any = self.routes(classes).fold(Condition::any(), |any, (kind, route)| {
            any.add(job::Column::Kind.eq(kind).and(job::Column::Priority.eq(route.priority)))
        });
        // The priorities again: an index begins with them.
        Condition::all().add(job::Column::Priority.is_in(priorities)).add(any)
    }
}
