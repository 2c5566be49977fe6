//! The use case behind `POST /api/competitions/:id/register` and the Register button.

use domain::{CompetitionId, IdempotencyKey, NewRegistration, PublicError, Role};
use sea_orm::ConnectionTrait;

use super::admission::{Request, attempt};
use crate::{Actor, Context, Result, db::retry, idempotency::Scope};

/// What a request for a seat came to.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The registration, or why there is none: closed, full, or registered already.
    pub outcome: Result<NewRegistration, PublicError>,
    /// Whether this was answered before, to the same key.
    pub replayed: bool,
}

/// Registers the actor for a competition. Only participants may.
///
/// Once it has begun it is carried through, even if the caller goes away.
///
/// # Errors
/// Unauthorized or forbidden; no such competition; a key that is in flight or was used for another
/// request; a database that is busy or broken. In none of these cases was anything changed.
pub async fn register(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    key: Option<IdempotencyKey>,
) -> Result<Answer> {
    let user = actor.require(Role::Participant)?.clone();
    let scope = key.map(|key| Scope::new(user.id, key, &format!("register {competition}")));
    let request = Request { user, competition, scope };
    let ctx = ctx.clone();
    // A task of its own: a client that hangs up drops this future, but not the transaction half-way.
    tokio::spawn(async move { run(&ctx, &request).await }).await?
}

async fn run(ctx: &Context, request: &Request) -> Result<Answer> {
    let _in_flight = match &request.scope {
        Some(scope) => Some(ctx.in_flight.enter(scope)?),
        None => None,
    };
    if let Some(outcome) = recall(request, ctx.db.connection()).await? {
        return Ok(Answer { outcome, replayed: true });
    }
    let _lane = ctx.lanes.enter(request.competition).await;
    let answer = retry(|| attempt(ctx, request)).await?;
    if answer.outcome.is_ok() && !answer.replayed {
        ctx.announce_jobs();
    }
    Ok(answer)
}

/// A retry of a request that was answered need not wait in the lane.
async fn recall(
    request: &Request,
    db: &impl ConnectionTrait,
) -> Result<Option<Result<NewRegistration, PublicError>>> {
    match &request.scope {
        Some(scope) => scope.recall(db).await,
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, time::Duration};

    use domain::ErrorCode;
    use tokio::time::timeout;

    use super::*;
    use crate::testing::World;

    /// Long enough to see that something waits.
    const A_WHILE: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn requests_for_one_competition_line_up_and_others_pass() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let grace = world.participant("Grace").await;
        let [taken, free] =
            [world.competition(&ada).create().await, world.competition(&ada).create().await];
        let lane = world.ctx.lanes.enter(taken).await;
        let mut waiting = pin!(register(&world.ctx, &grace, taken, None));
        assert!(timeout(A_WHILE, &mut waiting).await.is_err(), "the lane was taken");
        register(&world.ctx, &grace, free, None).await.unwrap().outcome.unwrap();
        drop(lane);
        waiting.await.unwrap().outcome.unwrap();
    }

    #[tokio::test]
    async fn a_key_is_in_flight_until_its_request_is_answered() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let grace = world.participant("Grace").await;
        let sprint = world.competition(&ada).create().await;
        let ask = || register(&world.ctx, &grace, sprint, Some("k".parse().unwrap()));
        let lane = world.ctx.lanes.enter(sprint).await;
        let mut first = pin!(ask());
        assert!(timeout(A_WHILE, &mut first).await.is_err(), "the lane was taken");
        let second = PublicError::from(ask().await.unwrap_err());
        assert_eq!(second.code, ErrorCode::IdempotencyInFlight);
        drop(lane);
        assert!(!first.await.unwrap().replayed);
        assert!(ask().await.unwrap().replayed);
    }
}
