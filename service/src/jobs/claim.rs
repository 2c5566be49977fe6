//! A job that a worker has claimed.

use std::{any::Any, collections::BTreeMap, fmt, sync::Arc, time::Duration};

use domain::JobId;
use futures::future::BoxFuture;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, ExprTrait};

use super::{class::Class, spec::Spec};
use crate::{
    Cause, Context, Result,
    entity::job::{self, State},
    infrastructure::db::bulk::any_of,
};

/// How long a claim lasts without a heartbeat.
pub const LEASE: Duration = Duration::from_secs(30);

/// Runs the handler of a kind for those of some claims that are of this kind.
pub(super) type Run = for<'a> fn(&'a Context, &'a [Claim]) -> BoxFuture<'a, Result<()>>;

/// A payload of any kind.
pub(super) trait Payload: Any + fmt::Debug + Send + Sync {}

impl<T: Any + fmt::Debug + Send + Sync> Payload for T {}

/// A job that a worker has claimed.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The id of the job.
    pub id: JobId,
    /// The rules of its kind.
    pub spec: &'static Spec,
    pub(super) run: Run,
    pub(super) payload: Arc<dyn Payload>,
    /// The class of workers that it was added for.
    pub(super) class: Class,
    pub(super) items: usize,
    /// Counts the claims of this job. A claim with an older epoch than the row no longer holds it.
    pub(super) epoch: i32,
    /// How often the job was postponed since it last failed.
    pub(super) postponements: i32,
    /// One, or one for each item.
    pub(super) causes: Vec<Cause>,
}

/// The id of a job, and the epoch of the claim.
pub type ClaimKey = (JobId, i32);

impl Claim {
    /// A key that is unique among all claims, also those of the same job.
    pub fn key(&self) -> ClaimKey {
        (self.id, self.epoch)
    }

    /// The name in the `kind` column.
    pub fn kind(&self) -> &'static str {
        self.spec.name
    }

    /// The class of workers that the job was added for.
    pub fn class(&self) -> Class {
        self.class
    }

    /// What the job consists of: 1, or the registrations that it confirms.
    pub fn items(&self) -> usize {
        self.items
    }

    /// The requests that have caused the job: one, or one for each item.
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// The request that has caused the job; of a job of several items, the first one.
    pub fn cause(&self) -> Cause {
        self.causes.first().cloned().unwrap_or_default()
    }

    /// The payload of a job of type `J`; `None` for a job of another type.
    pub fn payload<J: 'static>(&self) -> Option<&J> {
        let payload: &dyn Any = &*self.payload;
        payload.downcast_ref()
    }

    /// How often the job was postponed since it last failed.
    pub fn postponements(&self) -> u32 {
        self.postponements.try_into().unwrap_or_default()
    }
}

/// The type of a column of times, for a null.
pub(super) type Timestamptz = chrono::DateTime<chrono::Utc>;

/// The rows of claims whose worker still holds them.
pub(super) fn held<'a>(
    db: &impl ConnectionTrait,
    claims: impl IntoIterator<Item = &'a Claim>,
) -> Condition {
    held_at(db, claims.into_iter().map(|claim| (claim.id, claim.epoch)))
}

/// The rows of jobs that are still claimed at these epochs.
pub(super) fn held_at(
    db: &impl ConnectionTrait,
    claims: impl IntoIterator<Item = (JobId, i32)>,
) -> Condition {
    at_epochs(db, claims).add(State::Active.is_state())
}

/// The rows of jobs whose epoch is still this one. Jobs of one batch nearly always have one epoch,
/// and so the statement nearly always has one text.
pub(super) fn at_epochs(
    db: &impl ConnectionTrait,
    jobs: impl IntoIterator<Item = (JobId, i32)>,
) -> Condition {
    let mut by_epoch = BTreeMap::<i32, Vec<JobId>>::new();
    for (id, epoch) in jobs {
        by_epoch.entry(epoch).or_default().push(id);
    }
    let mut any = Condition::any();
    for (epoch, ids) in by_epoch {
        any = any.add(job::Column::Epoch.eq(epoch).and(any_of(db, job::Column::Id, ids)));
    }
    Condition::all().add(any)
}
