//! A cache of sessions in Redis, so that most requests do not read the database.
//!
//! Losing the cache ends no session, and without an answer from Redis the database is read.

use fred::prelude::SetOptions;

use super::{SessionId, contents::Stored, id::hash};
use crate::{Context, Redis};

/// How long a session is cached, in seconds. If Redis fails during a logout, the session may be
/// found for that long.
const TTL: i64 = 60;
/// How long the mark of an ended session is kept, in seconds: longer than the time limit of a
/// request that has read the session from the database before, plus the TTL of its cache entry.
const ENDED_TTL: i64 = 180;

/// The result of a lookup in the cache.
pub(super) enum CachedSession {
    /// It was found.
    Hit(Stored),
    /// It has ended, even if the database still has it.
    Ended,
    /// The database has to be read.
    Miss,
}

/// Looks a session up.
pub(super) async fn load(ctx: &Context, id: &SessionId) -> CachedSession {
    let Some(redis) = ctx.redis() else { return CachedSession::Miss };
    let hash = hash(id);
    let keys = vec![ended_key(redis, &hash), key(redis, &hash)];
    let Some(values) = redis.attempt(redis.sessions().get(keys)).await else {
        return CachedSession::Miss;
    };
    match &values[..] {
        [Some(_), _] => CachedSession::Ended,
        [None, Some(text)] => match serde_json::from_str::<Stored>(text) {
            Ok(stored) if stored.expires_at > ctx.now() => CachedSession::Hit(stored),
            _ => CachedSession::Miss,
        },
        _ => CachedSession::Miss,
    }
}

/// Caches a session that was read from the database, unless it is cached: that may be newer.
pub(super) async fn fill(ctx: &Context, id: &SessionId, stored: &Stored) {
    set(ctx, id, stored, Some(SetOptions::NX)).await;
}

/// Caches a session that was written to the database.
pub(super) async fn store(ctx: &Context, id: &SessionId, stored: &Stored) {
    set(ctx, id, stored, None).await;
}

/// Marks a session as ended.
pub(super) async fn end(ctx: &Context, id: &SessionId) {
    end_hashed(ctx, &hash(id)).await;
}

/// The same for a session of which only the hash of its id is known.
pub(super) async fn end_hashed(ctx: &Context, hash: &str) {
    if let Some(redis) = ctx.redis() {
        let (ended, cached) = (ended_key(redis, hash), key(redis, hash));
        redis.attempt(redis.sessions().set_and_delete(ended, ENDED_TTL, cached)).await;
    }
}

async fn set(ctx: &Context, id: &SessionId, stored: &Stored, options: Option<SetOptions>) {
    let Some(redis) = ctx.redis() else { return };
    let text = serde_json::to_string(stored).expect("a session is plain JSON");
    redis.attempt(redis.sessions().set(key(redis, &hash(id)), text, TTL, options)).await;
}

fn key(redis: &Redis, hash: &str) -> String {
    redis.key(format_args!("session:{hash}"))
}

fn ended_key(redis: &Redis, hash: &str) -> String {
    redis.key(format_args!("session-ended:{hash}"))
}

#[cfg(test)]
mod tests {
    mod with_redis {
        use chrono::TimeDelta;
        use domain::{Timestamp, UserId};
        use uuid::Uuid;

        use super::super::*;
        use crate::{
            accounts::CredentialsVersion,
            sessions::{Holder, contents::Contents},
            testing::World,
        };

        /// The session of a user, used at `now`.
        fn session_of(user: u128, now: Timestamp) -> Stored {
            let holder = Holder {
                user: UserId(Uuid::from_u128(user)),
                credentials: CredentialsVersion::FIRST,
                logged_in_at: now,
                time_zone: None,
            };
            Stored {
                contents: Contents::of(holder),
                expires_at: (now.utc() + TimeDelta::hours(1)).into(),
                last_used_at: Some(now),
            }
        }

        #[tokio::test]
        async fn contents_read_from_the_database_replace_none_that_were_written_meanwhile() {
            let world = World::new().await;
            let (ctx, id) = (&world.ctx, SessionId::default());
            let now = ctx.now();
            store(ctx, &id, &session_of(2, now)).await;
            fill(ctx, &id, &session_of(1, now)).await;
            let CachedSession::Hit(found) = load(ctx, &id).await else { panic!("not cached") };
            assert_eq!(found, session_of(2, now));
        }
    }
}
