//! Sessions that were read lately, in Redis, so that most requests need not read them from the
//! database.
//!
//! A Redis that was emptied ends no session, and one that does not answer is passed over.

use domain::Timestamp;
use fred::prelude::SetOptions;
use serde::{Deserialize, Serialize};

use super::{SessionId, contents::Contents, id::hash};
use crate::{Context, Redis};

/// How long a session is cached, in seconds. If Redis fails in the very moment of a log-out, the
/// session may still be found for so long.
const LIFE: i64 = 60;
/// How long an ended session is remembered, in seconds: until no request is under way that read it
/// from the database before, and what such a request has cached is gone.
const ENDED: i64 = 180;

#[derive(Serialize, Deserialize)]
struct Cached {
    contents: Contents,
    expires_at: Timestamp,
}

/// What the cache says of a session.
pub(super) enum Lookup {
    /// This is what it holds, and when it ends.
    Found(Contents, Timestamp),
    /// It has ended, whatever else is cached or read.
    Ended,
    /// Nothing: the database knows.
    Unknown,
}

/// What is cached of a session.
pub(super) async fn load(ctx: &Context, id: &SessionId) -> Lookup {
    let Some(redis) = ctx.redis() else { return Lookup::Unknown };
    let keys = vec![ended_key(redis, id), key(redis, id)];
    let Some(values) = redis.attempt(redis.sessions().get(keys)).await else {
        return Lookup::Unknown;
    };
    match &values[..] {
        [Some(_), _] => Lookup::Ended,
        [None, Some(text)] => match serde_json::from_str::<Cached>(text) {
            Ok(Cached { contents, expires_at }) if expires_at > ctx.now() => {
                Lookup::Found(contents, expires_at)
            }
            _ => Lookup::Unknown,
        },
        _ => Lookup::Unknown,
    }
}

/// Caches what was read from the database, unless something newer is cached.
pub(super) async fn fill(
    ctx: &Context,
    id: &SessionId,
    contents: &Contents,
    expires_at: Timestamp,
) {
    set(ctx, id, contents, expires_at, Some(SetOptions::NX)).await;
}

/// Caches what was written to the database.
pub(super) async fn store(
    ctx: &Context,
    id: &SessionId,
    contents: &Contents,
    expires_at: Timestamp,
) {
    set(ctx, id, contents, expires_at, None).await;
}

/// Remembers that a session has ended, for a while longer than anything that could be cached of it.
pub(super) async fn end(ctx: &Context, id: &SessionId) {
    if let Some(redis) = ctx.redis() {
        let (ended, cached) = (ended_key(redis, id), key(redis, id));
        redis.attempt(redis.sessions().set_and_delete(ended, ENDED, cached)).await;
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
    redis.attempt(redis.sessions().set(key(redis, id), text, LIFE, options)).await;
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
            let Lookup::Found(found, _) = load(ctx, &id).await else { panic!("not cached") };
            assert_eq!(found, contents_of(2, now));
        }
    }
}
