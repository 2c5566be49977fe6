//! Answers that are the same for everybody: who asks for one at the same time is answered together, and for half a
//! second whoever asks again.
//!
//! A crowd so costs the database and the renderer no more than one person does. What this process has changed shows
//! at once, and what others have changed as soon as they tell of it through Redis; without Redis, half a second later.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use domain::Timestamp;
use quick_cache::{Weighter, sync::Cache};
use service::{Combiner, Context, Limits};

use crate::problem::Problem;

/// How long an answer may be given again, in milliseconds.
const LIFE_MS: i64 = 500;
/// How large the answers kept may be together, in bytes.
const CAPACITY: u64 = 32 * 1024 * 1024;
/// How many of them there are usually.
const USUAL_COUNT: usize = 1_000;
/// An answer that is larger than this is given to all who wait for it, and not kept.
const MAX_KEPT: usize = 1024 * 1024;
/// What an answer takes besides its address and its body, about.
const OVERHEAD: usize = 1_024;

/// The answers given lately and those under way, by address.
#[derive(Clone, Debug)]
pub struct SharedReads(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    ctx: Context,
    under_way: Combiner<String, (), Arc<Rendered>>,
    given: Cache<String, Arc<Rendered>, Weight>,
}

/// Weighs answers by their bytes.
#[derive(Clone, Copy, Debug)]
struct Weight;

impl Weighter<String, Arc<Rendered>> for Weight {
    fn weight(&self, address: &String, rendered: &Arc<Rendered>) -> u64 {
        let bytes = address.len() + rendered.body.len() + OVERHEAD;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// An answer that can be given many times.
#[derive(Debug)]
struct Rendered {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// When making it began.
    since: Timestamp,
    /// How many events there had been then.
    events: u64,
}

impl SharedReads {
    /// Answers about what `ctx` knows.
    pub fn new(ctx: Context) -> Self {
        // Listening to others is what makes their events count.
        ctx.subscribe_to_events();
        let under_way = Combiner::new(Limits { batch: usize::MAX, ..Limits::READS });
        let given = Cache::with_weighter(USUAL_COUNT, CAPACITY, Weight);
        Self(Arc::new(Shared { ctx, under_way, given }))
    }

    /// The answer at `address`, which tells all that it depends on. `make` makes it, once for all who wait.
    pub(crate) async fn answer<F, Fut>(&self, address: String, make: F) -> Result<Response, Problem>
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        if let Some(rendered) = self.0.given.get(&address)
            && rendered.is_fresh(&self.0.ctx)
        {
            return Ok(rendered.again());
        }
        let (shared, make, key) = (Arc::clone(&self.0), Arc::new(make), address.clone());
        let for_all = move |waiting: Vec<()>| {
            let (shared, make, key) = (Arc::clone(&shared), Arc::clone(&make), key.clone());
            async move {
                let (since, events) = (shared.ctx.now(), shared.ctx.event_count());
                let response = make().await.into_response();
                let rendered = Arc::new(Rendered::of(response, since, events).await);
                if rendered.status.is_success() && rendered.body.len() <= MAX_KEPT {
                    shared.given.insert(key, Arc::clone(&rendered));
                }
                waiting.into_iter().map(|()| Ok(Arc::clone(&rendered))).collect()
            }
        };
        Ok(self.0.under_way.submit(address, (), for_all).await?.again())
    }
}

impl Rendered {
    async fn of(response: Response, since: Timestamp, events: u64) -> Self {
        let (parts, body) = response.into_parts();
        // Our own bodies lie in memory, and reading them does not fail.
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        Self { status: parts.status, headers: parts.headers, body, since, events }
    }

    fn is_fresh(&self, ctx: &Context) -> bool {
        let age = (ctx.now().utc() - self.since.utc()).num_milliseconds();
        // A clock that was set back makes nothing younger.
        self.events == ctx.event_count() && (0..LIFE_MS).contains(&age)
    }

    fn again(&self) -> Response {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = self.status;
        response.headers_mut().clone_from(&self.headers);
        response
    }
}

#[cfg(test)]
mod tests {
    use service::testing::World;

    use super::*;

    /// Has an answer of so many bytes given at an address.
    async fn give(reads: &SharedReads, address: String, bytes: usize) {
        let make = move || async move { Ok("x".repeat(bytes).into_response()) };
        reads.answer(address, make).await.unwrap();
    }

    #[tokio::test]
    async fn the_answers_kept_are_bounded_in_bytes() {
        let world = World::new().await;
        let reads = SharedReads::new(world.ctx.clone());
        for number in 0..200 {
            give(&reads, format!("/api/competitions?x={number}"), MAX_KEPT / 2).await;
        }
        let kept = reads.0.given.len();
        assert!(kept > 10, "some are kept");
        assert!((kept * MAX_KEPT / 2) as u64 <= CAPACITY, "{kept} are kept");
        give(&reads, "large".to_owned(), MAX_KEPT + 1).await;
        assert!(reads.0.given.get("large").is_none(), "one that is too large is kept");
    }
}
