//! A cache of sessions in Redis, so that most requests do not read the database.
//!
//! Losing the cache ends no session, and without an answer from Redis the database is read.

use domain::Timestamp;
use fred::prelude::SetOptions;
use serde::{Deserialize, Serialize};

use super::{SessionId, contents::Contents, id::hash};
use crate::{Context, Redis};

/// How long a session is cached, in seconds. If Redis fails during a logout, the session may be
/// found for that long.
const TTL: i64 = 60;
/// How long the mark of an ended session is kept, in seconds: longer than the time limit of a
/// request that has read the session from the database before, plus the TTL of its cache entry.
const ENDED_TTL: i64 = 180;

#[derive(Serialize, Deserialize)]
struct Cached {
    contents: Contents,
    expires_at: Timestamp,
}

/// The result of a lookup in the cache.
pub(super) enum CachedSession {
    /// Its contents, and when it expires.
    Hit(Contents, Timestamp),
    /// It has ended, even if the database still has it.
    Ended,
    /// The database has to be read.
    Miss,
}

/// Looks a session up.
pub(super) async fn load(ctx: &Context, id: &SessionId) -> CachedSession {
    let Some(redis) = ctx.redis() else { return CachedSession::Miss };
    let keys = vec![ended_key(redis, id), key(redis, id)];
    let Some(values) = redis.attempt(redis.sessions().get(keys)).await else {
        return CachedSession::Miss;
    };
    match &values[..] {
        [Some(_), _] => CachedSession::Ended,
        [None, Some(text)] => match serde_json::from_str::<Cached>(text) {
            Ok(Cached { contents, expires_at }) if expires_at > ctx.now() => {
                CachedSession::Hit(contents, expires_at)
            }
            _ => CachedSession::Miss,
        },
        _ => CachedSession::Miss,
    }
}

/// Caches a session that was read from the database, unless it is cached: that may be newer.
pub(super) async fn fill(
    ctx: &Context,
    id: &SessionId,
    contents: &Contents,
    expires_at: Timestamp,
) {
    set(ctx, id, contents, expires_at, Some(SetOptions::NX)).await;
}

/// Caches a session that was written to the database.
pub(super) async fn store(
    ctx: &Context,
    id: &SessionId,
    contents: &Contents,
    expires_at: Timestamp,
) {
    set(ctx, id, contents, expires_at, None).await;
}

/// Marks a session as ended.
pub(super) async fn end(ctx: &Context, id: &SessionId) {
    if let Some(redis) = ctx.redis() {
        let (ended, cached) = (ended_key(redis, id), key(redis, id));
        redis.attempt(redis.sessions().set_and_delete(ended, ENDED_TTL, cached)).await;
    }
}

async fn set(
    ctx: &Context,
    id: &SessionId,
    contents: &Contents,
    expires_at: Timestamp,
    options: Option<SetOptions>,
) {
    let Some(redis) = ctx.redis() else { return };
    let cached = Cached { contents: contents.clone(), expires_at };
    let text = serde_json::to_string(&cached).expect("contents are plain JSON");
    redis.attempt(redis.sessions().set(key(redis, id), text, TTL, options)).await;
}

fn key(redis: &Redis, id: &SessionId) -> String {
    redis.key(format_args!("session:{}", hash(id)))
}

fn ended_key(redis: &Redis, id: &SessionId) -> String {
    redis.key(format_args!("session-ended:{}", hash(id)))
}

#[cfg(test)]
mod tests {
    mod with_redis {
        use chrono::TimeDelta;
        use domain::UserId;
        use uuid::Uuid;

        use super::super::*;
        use crate::{accounts::CredentialsVersion, sessions::Holder, testing::World};

        fn contents_of(user: u128, logged_in_at: Timestamp) -> Contents {
            let user = UserId(Uuid::from_u128(user));
            Contents::of(Holder { user, credentials: CredentialsVersion::FIRST, logged_in_at })
        }

        #[tokio::test]
        async fn contents_read_from_the_database_replace_none_that_were_written_meanwhile() {
            let world = World::new().await;
            let (ctx, id) = (&world.ctx, SessionId::default());
            let now = ctx.now();
            let expires_at = (now.utc() + TimeDelta::hours(1)).into();
            store(ctx, &id, &contents_of(2, now), expires_at).await;
            fill(ctx, &id, &contents_of(1, now), expires_at).await;
            let CachedSession::Hit(found, _) = load(ctx, &id).await else { panic!("not cached") };
            assert_eq!(found, contents_of(2, now));
        }
    }
}
