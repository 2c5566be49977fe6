//! Idempotency: a request that is retried with its `Idempotency-Key` takes effect once, and gets
//! the response to the first try.
//!
//! The record of a key is committed in the transaction of the effect. So the database has no record
//! or a finished one, and there is no state to recover from. (zero-to-production, chapter 11.)
//!
//! Two layers in front of it may lose entries at any time: [`IdempotencyCache`] has recent
//! responses, and [`InFlightKeys`] refuses a key whose request has not been answered yet.

mod cache;
mod key_lock;
mod request_key;

use domain::{ErrorCode, PublicError};
use serde::de::DeserializeOwned;

use cache::Lookup;
pub use cache::RESPONSE_TTL;
pub(crate) use cache::{IdempotencyCache, LOCK_TTL};
pub(crate) use key_lock::{InFlightKeys, KeyLock};
pub(crate) use request_key::{RequestKey, StoredResponse};

use crate::{Context, Result, infrastructure::ids::new_id};

/// A new `Idempotency-Key`, for a form.
pub fn new_key() -> String {
    new_id().to_string()
}

/// The result of looking a key up in this process, without Redis.
pub(crate) enum LocalLookup<T> {
    /// The cached response.
    Hit(T),
    /// No response. The key is locked in this process now.
    Miss(KeyLock),
}

/// Looks a key up in this process and locks it if it misses. Redis is asked by
/// [`look_up_or_lock_in_redis`], and the database in the transaction.
///
/// # Errors
/// [`ErrorCode::IdempotencyInFlight`] while it is locked; [`ErrorCode::IdempotencyKeyReused`] when
/// it was sent with another request.
pub(crate) fn look_up_or_lock<T: DeserializeOwned>(
    ctx: &Context,
    key: &RequestKey,
) -> Result<LocalLookup<T>> {
    let lock = ctx.in_flight_keys.lock(key)?;
    match ctx.idempotency_cache.get(ctx.now(), key) {
        Some(stored) => Ok(LocalLookup::Hit(key.decode(&stored)?)),
        None => Ok(LocalLookup::Miss(lock)),
    }
}

/// Looks up keys that this process has locked in Redis, and locks those that miss there as well, in
/// one round trip. Returns one result for each key, in the same order; `Ok(None)` is a miss.
///
/// # Errors
/// For each key: as [`look_up_or_lock`].
pub(crate) async fn look_up_or_lock_in_redis<T: DeserializeOwned>(
    ctx: &Context,
    keys: Vec<(&RequestKey, &mut KeyLock)>,
) -> Vec<Result<Option<T>>> {
    let tokens = keys.iter().map(|(key, lock)| (*key, lock.token())).collect();
    let lookups = ctx.idempotency_cache.look_up_or_lock(tokens).await;
    let found = lookups.into_iter().zip(keys).map(|(lookup, (key, lock))| match lookup {
        Lookup::Hit(stored) => key.decode(&stored).map(Some),
        Lookup::InFlight => Err(in_flight().into()),
        Lookup::Miss(redis) => {
            lock.hold_in_redis(redis);
            Ok(None)
        }
    });
    found.collect()
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

    fn key_of(request: &str) -> RequestKey {
        RequestKey::new(domain::UserId(uuid::Uuid::nil()), "k".parse().unwrap(), request)
    }

    fn code<T>(lookup: Result<LocalLookup<T>>) -> ErrorCode {
        let Err(error) = lookup else { panic!("the key was accepted") };
        PublicError::from(error).code
    }

    /// Asks this process first, then Redis.
    async fn enter(ctx: &Context, key: &RequestKey) -> Result<LocalLookup<String>> {
        match look_up_or_lock(ctx, key)? {
            LocalLookup::Miss(mut lock) => {
                let keys = vec![(key, &mut lock)];
                let found = look_up_or_lock_in_redis(ctx, keys).await.remove(0)?;
                Ok(found.map_or(LocalLookup::Miss(lock), LocalLookup::Hit))
            }
            hit => Ok(hit),
        }
    }

    /// Processes a request and caches the response.
    async fn respond(ctx: &Context, key: &RequestKey, response: &str) {
        let Ok(LocalLookup::Miss(mut lock)) = enter(ctx, key).await else {
            panic!("the key is not free")
        };
        let stored = key.encode(&response).unwrap();
        ctx.idempotency_cache.insert(ctx.now(), vec![(key.clone(), stored)]);
        lock.leave_in_redis();
    }

    /// Waits until a dropped lock is released in Redis, which happens in the background.
    async fn until_released(ctx: &Context, key: &RequestKey) {
        while enter(ctx, key).await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn a_response_is_replayed_for_a_day_to_its_own_request_only() {
        let world = World::new().await;
        let key_a = key_of("a");
        respond(&world.ctx, &key_a, "yes").await;
        let again = enter(&world.ctx, &key_a).await;
        assert!(matches!(again, Ok(LocalLookup::Hit(response)) if response == "yes"));
        let other = enter(&world.ctx, &key_of("b")).await;
        assert_eq!(code(other), ErrorCode::IdempotencyKeyReused);
        // Redis has a clock of its own.
        if world.ctx.redis().is_none() {
            world.clock.advance(TimeDelta::hours(24));
            assert!(matches!(enter(&world.ctx, &key_a).await, Ok(LocalLookup::Miss(_))));
        }
    }

    #[tokio::test]
    async fn a_key_is_in_flight_until_its_lock_is_dropped() {
        let world = World::new().await;
        let key = key_of("a");
        let lock = enter(&world.ctx, &key).await.unwrap();
        assert_eq!(code(enter(&world.ctx, &key).await), ErrorCode::IdempotencyInFlight);
        drop(lock);
        until_released(&world.ctx, &key).await;
    }

    mod with_redis {
        use super::*;

        #[tokio::test]
        async fn a_key_is_in_flight_in_all_processes_until_its_lock_is_dropped() {
            let world = World::new().await;
            let other = world.second_process().await;
            let key = key_of("a");
            let lock = enter(&world.ctx, &key).await.unwrap();
            assert_eq!(code(enter(&other, &key).await), ErrorCode::IdempotencyInFlight);
            drop(lock);
            until_released(&other, &key).await;
        }

        #[tokio::test]
        async fn a_response_of_one_process_is_replayed_by_all() {
            let world = World::new().await;
            let other = world.second_process().await;
            let key = key_of("a");
            respond(&world.ctx, &key, "yes").await;
            until_released(&other, &key).await;
            let found = enter(&other, &key).await;
            assert!(matches!(found, Ok(LocalLookup::Hit(response)) if response == "yes"));
        }
    }
}
