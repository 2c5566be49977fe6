//! The list of jobs, for operators at the command line.

use domain::{JobId, Timestamp};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Condition, ExprTrait},
};
use serde::Serialize;

use super::Operator;
use crate::{
    Context, Result,
    entity::{failed_job, job},
};

/// The state of a job, as operators see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum JobState {
    /// Due, and not claimed by a worker.
    Waiting,
    /// Due later.
    Delayed,
    /// Claimed by a worker.
    Active,
    /// Done.
    Completed,
    /// A dead letter.
    Failed,
}

/// Which jobs to list.
#[derive(Clone, Debug)]
pub struct JobFilter {
    /// Only jobs in this state.
    pub state: JobState,
    /// Only jobs of this type.
    pub kind: Option<String>,
    /// Only jobs that were added before.
    pub added_before: Option<Timestamp>,
    /// Only jobs that come after this one in the list.
    pub after: Option<JobId>,
}

/// A job in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobSummary {
    /// The id.
    pub id: JobId,
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The state.
    pub state: JobState,
    /// What it consists of: the registrations that it confirms. 1 for a dead letter.
    pub items: u32,
    /// How often it failed.
    pub attempts: u32,
    /// Why it failed or was postponed the last time.
    pub last_error: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it is or was due; `null` for a dead letter.
    pub due_at: Option<Timestamp>,
    /// When it was completed or failed for the last time; `null` for other states.
    pub ended_at: Option<Timestamp>,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JobPage {
    /// The jobs, the latest first.
    pub jobs: Vec<JobSummary>,
    /// Continues the list, as [`JobFilter::after`]; `null` at its end.
    pub next: Option<JobId>,
}

/// At most `limit` jobs, the ones that were added last first.
///
/// # Errors
/// Unauthorized; Forbidden.
pub async fn list(
    ctx: &Context,
    operator: Operator<'_>,
    filter: &JobFilter,
    limit: u64,
) -> Result<JobPage> {
    operator.authorize_read()?;
    let mut jobs = match filter.state {
        JobState::Failed => failed(ctx, filter, limit.saturating_add(1)).await?,
        state => stored(ctx, filter, state, limit.saturating_add(1)).await?,
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = jobs.len() > limit;
    jobs.truncate(limit);
    let next = jobs.last().filter(|_| has_more).map(|job| job.id);
    Ok(JobPage { jobs, next })
}

async fn failed(ctx: &Context, filter: &JobFilter, limit: u64) -> Result<Vec<JobSummary>> {
    use failed_job::Column::{CreatedAt, Id, Kind};
    let condition = Condition::all()
        .add_option(filter.kind.as_deref().map(|kind| Kind.eq(kind)))
        .add_option(filter.added_before.map(|time| CreatedAt.lt(time.utc())))
        .add_option(filter.after.map(|after| Id.lt(after)));
    let rows = failed_job::Entity::find().filter(condition).order_by_desc(Id).limit(limit);
    let rows = rows.all(ctx.db.connection()).await?;
    let summaries = rows.into_iter().map(|row| JobSummary {
        id: row.id,
        kind: row.kind,
        state: JobState::Failed,
        items: 1,
        attempts: u32::try_from(row.attempts).unwrap_or_default(),
        last_error: Some(row.last_error),
        created_at: row.created_at.into(),
        due_at: None,
        ended_at: Some(row.failed_at.into()),
    });
    Ok(summaries.collect())
}

/// Jobs that are no dead letters.
async fn stored(
    ctx: &Context,
    filter: &JobFilter,
    state: JobState,
    limit: u64,
) -> Result<Vec<JobSummary>> {
    use job::Column::{CreatedAt, Id, Kind, RunAt};
    let now = ctx.now().utc();
    let in_state = match state {
        JobState::Waiting => job::State::Waiting.is_state().and(RunAt.lte(now)),
        JobState::Delayed => job::State::Waiting.is_state().and(RunAt.gt(now)),
        JobState::Active => job::State::Active.is_state(),
        JobState::Completed | JobState::Failed => job::State::Completed.is_state(),
    };
    let condition = Condition::all()
        .add(in_state)
        .add_option(filter.kind.as_deref().map(|kind| Kind.eq(kind)))
        .add_option(filter.added_before.map(|time| CreatedAt.lt(time.utc())))
        .add_option(filter.after.map(|after| Id.lt(after)));
    let rows = job::Entity::find().filter(condition).order_by_desc(Id).limit(limit);
    let rows = rows.all(ctx.db.connection()).await?;
    let summaries = rows.into_iter().map(|row| JobSummary {
        id: row.id,
        kind: row.kind,
        state,
        items: u32::try_from(row.items).unwrap_or(1),
        attempts: u32::try_from(row.attempts).unwrap_or_default(),
        last_error: row.last_error,
        created_at: row.created_at.into(),
        due_at: Some(row.run_at.into()),
        ended_at: row.finished_at.map(Into::into),
    });
    Ok(summaries.collect())
}
