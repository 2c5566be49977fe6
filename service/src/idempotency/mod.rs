//! One request, one effect: what was answered to a request that carried an `Idempotency-Key`.
//!
//! The row of a key commits in the transaction of its effect, so in the database a key is absent or
//! finished; there is no half-done state to recover from. After the idea of zero-to-production, chapter 11.
//!
//! In front of it stand two helpers that may forget at any time: the answers given lately, and the keys that
//! somebody is working on.

mod answers;
mod in_flight;
mod scope;

use domain::{ErrorCode, PublicError};
use serde::de::DeserializeOwned;

pub(crate) use answers::Answers;
use answers::Found;
pub(crate) use in_flight::{Claim, InFlight};
pub(crate) use scope::{Kept, Scope};

use crate::{Context, Result, ids::new_id};

/// A key that no request has used, for a form.
pub fn new_key() -> String {
    new_id().to_string()
}

/// What this process knows of a key when a request with it comes in.
pub(crate) enum Entry<T> {
    /// The request was answered before, with this.
    Answered(T),
    /// It may be worked on; the claim keeps others of this process from doing so at the same time.
    New(Claim),
}

/// Looks a key up among the answers that this process knows of, and claims it if it is not there. Whether other
/// processes know it shows in [`look_up_elsewhere`], and whether the database does, in the transaction.
///
/// # Errors
/// [`ErrorCode::IdempotencyInFlight`] while this process works on it; [`ErrorCode::IdempotencyKeyReused`] when it was
/// used for another request.
pub(crate) fn enter<T: DeserializeOwned>(ctx: &Context, scope: &Scope) -> Result<Entry<T>> {
    let claim = ctx.in_flight.enter(scope)?;
    match ctx.answers.look_up(ctx.now(), scope) {
        Some(kept) => Ok(Entry::Answered(scope.read(&kept)?)),
        None => Ok(Entry::New(claim)),
    }
}

/// Looks keys that were claimed here up among what all processes know, in one round trip; those that are not there
/// are claimed there as well. Answers for each with what was answered before, if it was.
///
/// # Errors
/// For each key as [`enter`], for what other processes do.
pub(crate) async fn look_up_elsewhere<T: DeserializeOwned>(
    ctx: &Context,
    keys: Vec<(&Scope, &mut Claim)>,
) -> Vec<Result<Option<T>>> {
    let tokens = keys.iter().map(|(scope, claim)| (*scope, claim.token())).collect();
    let found = ctx.answers.look_up_elsewhere(tokens).await;
    let known = found.into_iter().zip(keys).map(|(found, (scope, claim))| match found {
        Found::Answer(kept) => scope.read(&kept).map(Some),
        Found::InFlight => Err(in_flight().into()),
        Found::Nothing(shared) => {
            claim.share(shared);
            Ok(None)
        }
    });
    known.collect()
}

fn in_flight() -> PublicError {
    let message = "A request with this Idempotency-Key is being worked on. Try again in a second.";
    PublicError::new(ErrorCode::IdempotencyInFlight, message)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::testing::World;

    fn scope(request: &str) -> Scope {
        Scope::new(domain::UserId(uuid::Uuid::nil()), "k".parse().unwrap(), request)
    }

    fn code<T>(entry: Result<Entry<T>>) -> ErrorCode {
        let Err(error) = entry else { panic!("it was let in") };
        PublicError::from(error).code
    }

    /// Asks this process, and then all.
    async fn enter<T: DeserializeOwned>(ctx: &Context, scope: &Scope) -> Result<Entry<T>> {
        match super::enter(ctx, scope)? {
            Entry::New(mut claim) => {
                let known = look_up_elsewhere(ctx, vec![(scope, &mut claim)]).await.remove(0)?;
                Ok(known.map_or(Entry::New(claim), Entry::Answered))
            }
            answered => Ok(answered),
        }
    }

    /// Works on a key and keeps the answer.
    async fn answer(ctx: &Context, scope: &Scope, answer: &str) {
        let Ok(Entry::New(mut claim)) = enter::<String>(ctx, scope).await else {
            panic!("the key is not free")
        };
        ctx.answers.fill(ctx.now(), vec![(scope.clone(), scope.keep(&answer).unwrap())]);
        claim.settle();
    }

    /// Redis hears of a claim that was dropped a moment later.
    async fn until_free(ctx: &Context, scope: &Scope) {
        while enter::<String>(ctx, scope).await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn an_answer_is_remembered_for_a_day_and_for_its_request_only() {
        let world = World::new().await;
        let scope_a = scope("a");
        answer(&world.ctx, &scope_a, "yes").await;
        let again = enter::<String>(&world.ctx, &scope_a).await;
        assert!(matches!(again, Ok(Entry::Answered(answer)) if answer == "yes"));
        let other = enter::<String>(&world.ctx, &scope("b")).await;
        assert_eq!(code(other), ErrorCode::IdempotencyKeyReused);
        // Redis keeps its own time.
        if world.ctx.redis().is_none() {
            world.clock.advance(TimeDelta::hours(24));
            assert!(matches!(enter::<String>(&world.ctx, &scope_a).await, Ok(Entry::New(_))));
        }
    }

    #[tokio::test]
    async fn a_key_is_in_flight_until_its_request_is_answered() {
        let world = World::new().await;
        let scope = scope("a");
        let claim = enter::<String>(&world.ctx, &scope).await.unwrap();
        assert_eq!(code(enter::<String>(&world.ctx, &scope).await), ErrorCode::IdempotencyInFlight);
        drop(claim);
        until_free(&world.ctx, &scope).await;
    }

    mod with_redis {
        use super::*;

        #[tokio::test]
        async fn a_key_that_another_process_works_on_is_in_flight_until_it_lets_go() {
            let world = World::new().await;
            let other = world.second_process().await;
            let scope = scope("a");
            let claim = enter::<String>(&world.ctx, &scope).await.unwrap();
            assert_eq!(code(enter::<String>(&other, &scope).await), ErrorCode::IdempotencyInFlight);
            drop(claim);
            until_free(&other, &scope).await;
        }

        #[tokio::test]
        async fn an_answer_of_one_process_is_remembered_by_all() {
            let world = World::new().await;
            let other = world.second_process().await;
            let scope = scope("a");
            answer(&world.ctx, &scope, "yes").await;
            until_free(&other, &scope).await;
            let found = enter::<String>(&other, &scope).await;
            assert!(matches!(found, Ok(Entry::Answered(answer)) if answer == "yes"));
        }
    }
}
