//! A batch that is decided on its own, after a wait for its competition, or because the database
//! refuses one of its requests.

use domain::CompetitionId;
use futures::future::BoxFuture;
use tracing::Instrument;

use super::{
    batch::Batch,
    batch_span::batch_span,
    command::Request,
    decide::{DecisionToCache, decide, fail_all},
    locked_transaction::LockedTransaction,
};
use crate::{
    Context, Result,
    infrastructure::{db::retry, failpoint},
    metrics::ADMISSION,
};

/// Decides the undecided requests of a batch.
pub(super) async fn process(ctx: &Context, batch: &mut Batch) {
    ADMISSION.batches_alone.increment(1);
    let undecided: Vec<&Request> = batch.undecided().collect();
    let span = batch_span(&undecided);
    let timer = ADMISSION.batch_begins(undecided.iter().map(|request| request.since.elapsed()));
    let decided = decide_or_split(ctx, batch.competition(), &undecided).instrument(span).await;
    ADMISSION.batch_ends(timer);
    failpoint::reach("before_cache_fill");
    let responses = batch.decide(&mut decided.into_iter());
    ctx.idempotency_cache.insert(ctx.now(), responses);
}

/// Decides all requests in one transaction. When the database refuses it for a reason that a retry
/// would not change, decides each half on its own, until only the request at fault fails.
fn decide_or_split<'a>(
    ctx: &'a Context,
    competition: CompetitionId,
    requests: &'a [&'a Request],
) -> BoxFuture<'a, Vec<Result<DecisionToCache>>> {
    Box::pin(async move {
        let attempt = async || {
            let transaction = LockedTransaction::begin(ctx, competition).await?;
            decide(ctx, requests, transaction).await
        };
        match retry(attempt).await {
            Ok(decided) => decided,
            Err(error) if error.is_deterministic() && requests.len() > 1 => {
                tracing::warn!(
                    refused = requests.len(),
                    error = &error as &dyn std::error::Error,
                    "the database refused a batch; trying each half"
                );
                ADMISSION.splits.increment(1);
                let (first, second) = requests.split_at(requests.len() / 2);
                let mut decided = decide_or_split(ctx, competition, first).await;
                decided.extend(decide_or_split(ctx, competition, second).await);
                decided
            }
            Err(error) => fail_all(error, requests),
        }
    })
}
