//! Sessions that were read lately, in Redis, so that most requests need not read them from the database.
//!
//! A Redis that was emptied ends no session, and one that does not answer is passed over.

use domain::Timestamp;
use redis::Cmd;
use serde::{Deserialize, Serialize};

use super::{SessionId, contents::Contents};
use crate::{Context, Redis};

/// How long a session is cached, in seconds. If Redis fails in the very moment of a log-out, the session may still be
/// found for so long.
const LIFE: u64 = 60;
/// How long an ended session is remembered, in seconds: until no request is under way that read it from the database
/// before, and what such a request has cached is gone.
const ENDED: u64 = 180;

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
    let both = redis::cmd("MGET").arg(ended_key(redis, id)).arg(key(redis, id)).to_owned();
    match redis.query::<(Option<String>, Option<String>)>(&both).await {
        Some((Some(_), _)) => Lookup::Ended,
        Some((None, Some(text))) => match serde_json::from_str::<Cached>(&text) {
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
    if let Some(redis) = ctx.redis() {
        let set = set(redis, id, contents, expires_at).arg("NX").to_owned();
        redis.query::<Option<String>>(&set).await;
    }
}

/// Caches what was written to the database.
pub(super) async fn store(
    ctx: &Context,
    id: &SessionId,
    contents: &Contents,
    expires_at: Timestamp,
) {
    if let Some(redis) = ctx.redis() {
        redis.query::<Option<String>>(&set(redis, id, contents, expires_at)).await;
    }
}

/// Remembers that a session has ended, for a while longer than anything that could be cached of it.
pub(super) async fn end(ctx: &Context, id: &SessionId) {
    if let Some(redis) = ctx.redis() {
        let mut both = redis::pipe();
        both.cmd("SET").arg(ended_key(redis, id)).arg(1).arg("EX").arg(ENDED).ignore();
        both.cmd("DEL").arg(key(redis, id)).ignore();
        redis.query_all::<()>(&both).await;
    }
}

fn set(redis: &Redis, id: &SessionId, contents: &Contents, expires_at: Timestamp) -> Cmd {
    let cached = Cached { contents: contents.clone(), expires_at };
    let text = serde_json::to_string(&cached).expect("contents are plain JSON");
    redis::cmd("SET").arg(key(redis, id)).arg(text).arg("EX").arg(LIFE).to_owned()
}

fn key(redis: &Redis, id: &SessionId) -> String {
    redis.key(format_args!("session:{}", id.hash()))
}

fn ended_key(redis: &Redis, id: &SessionId) -> String {
    redis.key(format_args!("session-ended:{}", id.hash()))
}
