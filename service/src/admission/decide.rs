//! Deciding requests in a transaction.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use domain::{PublicError, Timestamp};

use super::{
    changes::Changes,
    command::Request,
    decision::{Decision, Effect},
    ledger::Ledger,
    locked_transaction::LockedTransaction,
    store::{self, Snapshot},
};
use crate::{
    Context, Error, Result, confirmation::ConfirmRegistrations, entity::idempotency_log,
    events::Event, idempotency::StoredResponse, infrastructure::failpoint, jobs,
};

/// The decision on a request, and the response to cache once it is committed.
#[derive(Debug)]
pub(super) struct DecisionToCache {
    pub(super) decision: Decision<Effect>,
    pub(super) stored: Option<StoredResponse>,
}

/// Decides requests in the order of arrival, each on top of those before it, in a transaction that
/// has locked their competitions. It writes the competitions, the registrations, the jobs that
/// confirm them and the idempotency records, or nothing. Returns one decision each, in the same
/// order.
///
/// # Errors
/// [`Error::Conflict`] when a competition has changed although its row was locked; when the
/// database refuses the transaction; [`Error::Corrupt`] when a decision panicked.
pub(super) async fn decide(
    ctx: &Context,
    requests: &[&Request],
    LockedTransaction { _permit, _locks, tx }: LockedTransaction<'_>,
) -> Result<Vec<Result<DecisionToCache>>> {
    if requests.is_empty() {
        tx.rollback().await;
        return Ok(Vec::new());
    }
    let now = ctx.now();
    let snapshot = store::read(&*tx, requests, now).await?;
    // A panic changes nothing, and concerns one of the requests: the others are decided without it.
    let rulings = catch_unwind(AssertUnwindSafe(|| rule(now, requests, snapshot)));
    let Rulings { decided, records, changes } =
        rulings.map_err(|_| Error::Corrupt("a decision panicked".to_owned()))?;
    if records.is_empty() && changes.is_empty() {
        // The next transaction of the lane would skip rows that are still locked.
        tx.rollback().await;
        return Ok(decided);
    }
    let changed = changes.iter().filter_map(|changes| changes.competition.as_ref());
    // The compare-and-set increments the version.
    let events = changed.map(|(before, after)| Event::seats_of(after, before.version + 1));
    let events: Vec<_> = events.collect();
    let to_confirm: Vec<_> =
        changes.iter().flat_map(|changes| &changes.to_confirm).cloned().collect();
    let confirm = ConfirmRegistrations::jobs(&to_confirm);
    let others = changes.iter().flat_map(|changes| &changes.jobs).cloned();
    let jobs = jobs::rows(now, confirm.into_iter().chain(others));
    let tickets = jobs.iter().map(|row| jobs::Ticket::of(ctx, row)).collect();
    store::write(&*tx, records, jobs, changes).await?;
    failpoint::reach("before_commit");
    tx.commit().await?;
    failpoint::reach("after_commit");
    jobs::push_tickets(ctx, tickets);
    ctx.events.publish(events);
    Ok(decided)
}

/// The decisions on requests, and what they write.
struct Rulings {
    decided: Vec<Result<DecisionToCache>>,
    records: Vec<idempotency_log::Model>,
    changes: Vec<Changes>,
}

/// Decides requests, without I/O.
fn rule(now: Timestamp, requests: &[&Request], snapshot: Snapshot) -> Rulings {
    let mut responses = snapshot.responses;
    let ledgers = snapshot.competitions.into_iter();
    let mut ledgers: BTreeMap<_, _> =
        ledgers.map(|found| (found.competition.id, Ledger::new(now, found))).collect();
    let (mut decided, mut records) = (Vec::with_capacity(requests.len()), Vec::new());
    for request in requests {
        let Some(ledger) = ledgers.get_mut(&request.competition) else {
            decided.push(Err(PublicError::competition_not_found().into()));
            continue;
        };
        let key = request.keyed.as_ref().map(|keyed| &keyed.key);
        if let Some(key) = key
            && let Some(stored) = responses.get(&key.id())
        {
            let replay = key.decode(stored).map(|outcome| DecisionToCache {
                decision: Decision { outcome, replayed: true },
                stored: Some(stored.clone()),
            });
            decided.push(replay);
            continue;
        }
        let decision = ledger.decide(request).and_then(|verdict| {
            let key = key.filter(|_| verdict.is_stored());
            let outcome = verdict.into_outcome();
            let stored = key.map(|key| key.encode(&outcome)).transpose()?;
            if let (Some(key), Some(stored)) = (key, &stored) {
                records.push(key.record(stored.clone(), now));
                responses.insert(key.id(), stored.clone());
            }
            Ok(DecisionToCache { decision: Decision { outcome, replayed: false }, stored })
        });
        decided.push(decision);
    }
    let changes = ledgers.into_values().map(Ledger::into_changes);
    let changes: Vec<_> = changes.filter(|changes| !changes.is_empty()).collect();
    Rulings { decided, records, changes }
}

/// The failure of a transaction, for each of its requests. It is logged once.
pub(super) fn fail_all(error: Error, requests: &[&Request]) -> Vec<Result<DecisionToCache>> {
    if !matches!(error, Error::Public(_)) {
        let error = &error as &dyn std::error::Error;
        let ids: Vec<_> =
            requests.iter().filter_map(|request| request.cause.request_id()).collect();
        let request_ids = ids.join(" ");
        tracing::error!(request.ids = request_ids, error, "a batch failed");
    }
    let failure = PublicError::from(error);
    requests.iter().map(|_| Err(failure.clone().into())).collect()
}
