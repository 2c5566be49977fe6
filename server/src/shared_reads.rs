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
use quick_cache::sync::Cache;
use service::{Combiner, Context, Limits};

use crate::problem::Problem;

/// How long an answer may be given again, in milliseconds.
const LIFE_MS: i64 = 500;
/// Answers kept; the largest are some 60 KB.
const CAPACITY: usize = 1_000;

/// The answers given lately and those under way, by address.
#[derive(Clone, Debug)]
pub struct SharedReads(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    ctx: Context,
    under_way: Combiner<String, (), Arc<Rendered>>,
    given: Cache<String, Arc<Rendered>>,
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
        Self(Arc::new(Shared { ctx, under_way, given: Cache::new(CAPACITY) }))
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
                if rendered.status.is_success() {
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
