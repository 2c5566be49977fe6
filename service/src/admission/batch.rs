//! A batch: requests for one competition, and the decisions on them.

use domain::CompetitionId;

use super::{
    command::Request,
    decide::DecisionToCache,
    decision::{Decision, Effect},
};
use crate::{
    Context, Error, Result,
    idempotency::{self, RequestKey, StoredResponse},
};

/// Requests for one competition in the order of arrival, some of which may be decided.
#[derive(Debug)]
pub(super) struct Batch {
    competition: CompetitionId,
    requests: Vec<Request>,
    /// One for each request, in the same order.
    decisions: Vec<Option<Result<Decision<Effect>>>>,
    /// Whether the keys of the requests were looked up in Redis.
    is_looked_up: bool,
    /// Whether another batch had locked the competition in Redis at the last try.
    is_busy: bool,
}

impl Batch {
    pub(super) fn new(competition: CompetitionId, requests: Vec<Request>) -> Self {
        let decisions = requests.iter().map(|_| None).collect();
        Self { competition, requests, decisions, is_looked_up: false, is_busy: false }
    }

    pub(super) fn competition(&self) -> CompetitionId {
        self.competition
    }

    pub(super) fn requests(&self) -> &[Request] {
        &self.requests
    }

    pub(super) fn is_busy(&self) -> bool {
        self.is_busy
    }

    pub(super) fn set_busy(&mut self, is_busy: bool) {
        self.is_busy = is_busy;
    }

    /// The requests without a decision, in the order of arrival.
    pub(super) fn undecided(&self) -> impl Iterator<Item = &Request> {
        let requests = self.requests.iter().zip(&self.decisions);
        requests.filter(|(_, decision)| decision.is_none()).map(|(request, _)| request)
    }

    /// Adds the decisions on the [undecided](Self::undecided) requests, in their order. Returns the
    /// responses to cache.
    pub(super) fn decide(
        &mut self,
        decided: &mut impl Iterator<Item = Result<DecisionToCache>>,
    ) -> Vec<(RequestKey, StoredResponse)> {
        let mut responses = Vec::new();
        let requests = self.requests.iter_mut().zip(&mut self.decisions);
        for (request, slot) in requests.filter(|(_, decision)| decision.is_none()) {
            let decided = decided.next().unwrap_or(Err(Error::Interrupted));
            *slot = Some(decided.map(|DecisionToCache { decision, stored }| {
                if let (Some(keyed), Some(stored)) = (&mut request.keyed, stored) {
                    responses.push((keyed.key.clone(), stored));
                    keyed.lock.leave_in_redis();
                }
                decision
            }));
        }
        responses
    }

    /// The decisions, one for each request.
    pub(super) fn into_decisions(self) -> Vec<Result<Decision<Effect>>> {
        let decisions = self.decisions.into_iter();
        decisions.map(|decision| decision.unwrap_or(Err(Error::Interrupted))).collect()
    }
}

/// Looks the keys of batches up in Redis, of each batch once, and decides the requests that have a
/// response there or are in flight in another process.
pub(super) async fn look_up_keys(ctx: &Context, batches: &mut [Batch]) {
    let mut batches: Vec<_> = batches.iter_mut().filter(|batch| !batch.is_looked_up).collect();
    let requests = batches.iter_mut().flat_map(|batch| &mut batch.requests);
    let keys = requests.filter_map(|request| request.keyed.as_mut());
    let keys = keys.map(|keyed| (&keyed.key, &mut keyed.lock)).collect();
    let mut found = idempotency::look_up_or_lock_in_redis(ctx, keys).await.into_iter();
    for batch in batches {
        batch.is_looked_up = true;
        for (request, slot) in batch.requests.iter().zip(&mut batch.decisions) {
            let replay = request.keyed.as_ref().and_then(|_| found.next());
            *slot = replay
                .and_then(Result::transpose)
                .map(|replay| replay.map(|outcome| Decision { outcome, replayed: true }));
        }
    }
}
