//! Carrying a batch out: the lock, the transaction, and what follows when it meets a conflict or a poisoned request.

use domain::{CompetitionId, PublicError};
use futures::future::BoxFuture;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

use super::{
    ledger::{Changes, Ledger},
    request::{Answer, Request, Wish},
};
use crate::{
    Context, Error, Result, competitions,
    db::{bulk, retry},
    entity::{competition, registration},
    events::Event,
    failpoint,
    idempotency::{Kept, Scope},
    jobs,
};

/// What one attempt has decided about a request.
struct Decision {
    answer: Answer,
    /// To be kept in front of the log, once it is committed.
    kept: Option<Kept>,
}

/// Answers a batch, request by request.
pub(super) async fn carry_out(
    ctx: Context,
    competition: CompetitionId,
    mut requests: Vec<Request>,
) -> Vec<Result<Answer>> {
    let lock = ctx.locks.acquire(competition).await;
    let decisions = decide(&ctx, competition, &requests).await;
    drop(lock);
    failpoint::reach("before_cache_fill");

    let mut answers = Vec::new();
    for (request, decision) in requests.iter_mut().zip(&decisions) {
        if let (Some(keyed), Ok(Decision { kept: Some(kept), .. })) = (&mut request.keyed, decision)
        {
            answers.push((keyed.scope.clone(), kept.clone()));
            keyed.claim.settle();
        }
    }
    ctx.answers.fill(ctx.now(), answers).await;
    decisions.into_iter().map(|decision| decision.map(|decision| decision.answer)).collect()
}

/// Decides all of them in one transaction; when the database refuses that for a reason that would not go away, each
/// half in its own, until only the request that it refuses fails.
fn decide<'a>(
    ctx: &'a Context,
    competition: CompetitionId,
    requests: &'a [Request],
) -> BoxFuture<'a, Vec<Result<Decision>>> {
    Box::pin(async move {
        match retry(|| attempt(ctx, competition, requests)).await {
            Ok(decisions) => decisions,
            Err(error) if error.is_deterministic() && requests.len() > 1 => {
                tracing::warn!(
                    competition.id = %competition,
                    batch.size = requests.len(),
                    error = &error as &dyn std::error::Error,
                    "a batch was refused, its halves are tried"
                );
                let (first, second) = requests.split_at(requests.len() / 2);
                let mut decisions = decide(ctx, competition, first).await;
                decisions.extend(decide(ctx, competition, second).await);
                decisions
            }
            Err(error) => {
                if !matches!(error, Error::Public(_)) {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(competition.id = %competition, error, "a batch failed");
                }
                let failure = PublicError::from(error);
                requests.iter().map(|_| Err(failure.clone().into())).collect()
            }
        }
    })
}

/// One attempt. Nothing of it stays unless all of it does: seats, registrations, the jobs that confirm them and the
/// answers to the keys commit together.
async fn attempt(
    ctx: &Context,
    id: CompetitionId,
    requests: &[Request],
) -> Result<Vec<Result<Decision>>> {
    let now = ctx.now();
    let tx = ctx.db.write().await?;
    // The lock makes others wait here; without it they would work in vain and try again.
    let found = competition::Entity::find_by_id(id.0).lock_exclusive().one(&*tx).await?;
    let Some(competition) = found else {
        let not_found = |_: &Request| Err(competitions::not_found().into());
        return Ok(requests.iter().map(not_found).collect());
    };
    let scopes = requests.iter().filter_map(|request| Some(&request.keyed.as_ref()?.scope));
    let mut recalled = Scope::recall_all(&*tx, scopes).await?;
    let seats = seats_of(&*tx, id, requests).await?;
    let tags = tags_of(&*tx, id, requests).await?;

    let mut ledger = Ledger::new(now, competition, seats, tags);
    let (mut decisions, mut logs) = (Vec::with_capacity(requests.len()), Vec::new());
    for request in requests {
        let scope = request.keyed.as_ref().map(|keyed| &keyed.scope);
        let earlier = scope.and_then(|scope| recalled.get(&scope.id()));
        if let (Some(scope), Some(kept)) = (scope, earlier) {
            let answer = scope.read(kept).map(|outcome| Answer { outcome, replayed: true });
            decisions.push(answer.map(|answer| Decision { answer, kept: Some(kept.clone()) }));
            continue;
        }
        let decision = ledger.decide(request).and_then(|outcome| {
            let status = outcome.as_ref().map_or_else(|no| no.code.status(), |yes| yes.status());
            // Some refusals are about who asks or what there is, and are not kept.
            let scope = scope.filter(|_| status != 404);
            let kept = scope.map(|scope| scope.keep(&outcome)).transpose()?;
            if let (Some(scope), Some(kept)) = (scope, &kept) {
                logs.push(scope.row(status, kept.clone(), now));
                recalled.insert(scope.id(), kept.clone());
            }
            Ok(Decision { answer: Answer { outcome, replayed: false }, kept })
        });
        decisions.push(decision);
    }
    let changes = ledger.changes();
    if logs.is_empty()
        && changes.competition.is_none()
        && changes.updated.is_empty()
        && changes.inserted.is_empty()
    {
        return Ok(decisions);
    }
    bulk::insert(&*tx, logs).await?;
    let event = changes.competition.as_ref().map(|(_, after)| Event::seats_of(after));
    let has_jobs = !changes.jobs.is_empty();
    write(ctx, &*tx, changes).await?;
    failpoint::reach("before_commit");
    tx.commit().await?;
    failpoint::reach("after_commit");
    if has_jobs {
        ctx.announce_jobs();
    }
    if let Some(event) = event {
        ctx.events.publish(event);
    }
    Ok(decisions)
}

/// The registrations of those who register or cancel.
async fn seats_of(
    tx: &impl ConnectionTrait,
    id: CompetitionId,
    requests: &[Request],
) -> Result<Vec<registration::Model>> {
    use registration::Column::{CompetitionId, UserId};
    let takes_part = |request: &&Request| !matches!(request.wish, Wish::Edit(_));
    let asked = requests.iter().filter(takes_part);
    // Twice the same user would find the same row twice.
    let users: std::collections::HashSet<_> = asked.map(|request| request.user.id.0).collect();
    let wanted = users.into_iter().map(|user| [user.into(), id.0.into()]).collect();
    bulk::find_each::<registration::Entity, 2>(tx, [UserId, CompetitionId], wanted).await
}

/// The tags of the competition, if anybody wants to edit it.
async fn tags_of(
    tx: &impl ConnectionTrait,
    id: CompetitionId,
    requests: &[Request],
) -> Result<Vec<String>> {
    if !requests.iter().any(|request| matches!(request.wish, Wish::Edit(_))) {
        return Ok(Vec::new());
    }
    let mut tags = competitions::tags_of(tx, std::iter::once(id.0)).await?;
    Ok(tags.remove(&id.0).unwrap_or_default())
}

async fn write(ctx: &Context, tx: &impl ConnectionTrait, changes: Changes) -> Result<()> {
    let jobs = jobs::rows(ctx.now(), changes.jobs)?;
    bulk::insert(tx, changes.inserted).await?;
    bulk::update(tx, changes.updated).await?;
    bulk::insert(tx, jobs).await?;
    if let Some((before, after)) = changes.competition {
        let id = before.id;
        compare_and_set(tx, before, after).await?;
        if let Some(tags) = changes.tags {
            competitions::replace_tags(tx, id, &tags).await?;
        }
    }
    Ok(())
}

/// Whatever happened since the row was read shows in its version; and no more seats than there are, whoever says so.
async fn compare_and_set(
    tx: &impl ConnectionTrait,
    before: competition::Model,
    after: competition::Model,
) -> Result<()> {
    use competition::Column as C;
    let taken = after.registered - before.registered;
    let mut update = competition::Entity::update_many()
        .col_expr(C::Registered, Expr::col(C::Registered).add(taken))
        .col_expr(C::Version, Expr::col(C::Version).add(1));
    if after.revision != before.revision {
        update = update
            .col_expr(C::Title, after.title.into())
            .col_expr(C::TitleKey, after.title_key.into())
            .col_expr(C::Description, after.description.into())
            .col_expr(C::SearchText, after.search_text.into())
            .col_expr(C::Capacity, after.capacity.into())
            .col_expr(C::RegDeadline, after.reg_deadline.into())
            .col_expr(C::StartDate, after.start_date.into())
            .col_expr(C::Revision, after.revision.into())
            .col_expr(C::UpdatedAt, after.updated_at.into());
    }
    let updated = update
        .filter(C::Id.eq(before.id))
        .filter(C::Version.eq(before.version))
        .filter(Expr::col(C::Registered).add(taken).between(0, after.capacity))
        .exec(tx)
        .await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(Error::Conflict) }
}
