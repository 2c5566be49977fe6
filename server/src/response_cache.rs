//! A cache of responses that are the same for every client, with request coalescing.
//!
//! Requests for the same address that arrive while its response is being rendered wait for it and
//! share it. The response is then reused for half a second. However many clients ask, the database
//! and the renderer do the work of one. A change by this process invalidates what shows it at once,
//! and a change by another process as soon as Redis announces it; without Redis it shows after half
//! a second. What shows one competition stays valid while others change.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, StatusCode, response::Parts},
    response::{IntoResponse, Response},
};
use domain::{CompetitionId, Timestamp};
use quick_cache::{Weighter, sync::Cache};
use service::{BatchLimits, Combiner, Context};

use crate::{entity_tag, problem::Problem};

/// How long a response may be reused, in milliseconds.
pub(crate) const MAX_AGE_MS: i64 = 500;
/// The size of all cached responses, in bytes.
const CAPACITY: u64 = 32 * 1024 * 1024;
/// An estimate of their number, from which the cache chooses its initial size.
const ESTIMATED_ITEMS: usize = 1_000;
/// The largest response that is cached, in bytes. A larger one is only shared by the requests that
/// wait for it.
const MAX_CACHED: usize = 1024 * 1024;
/// About how much memory a response takes besides its address and body, in bytes.
const OVERHEAD: usize = 1_024;

/// Cached responses and those in flight, by address. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ResponseCache(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    ctx: Context,
    in_flight: Combiner<String, (), Arc<CachedResponse>>,
    cached: Cache<String, Arc<CachedResponse>, SizeInBytes>,
    /// Completes the headers of a successful response with this body.
    complete: fn(&mut HeaderMap, &[u8]),
}

/// Weighs responses by their size in bytes.
#[derive(Clone, Copy, Debug)]
struct SizeInBytes;

impl Weighter<String, Arc<CachedResponse>> for SizeInBytes {
    fn weight(&self, address: &String, rendered: &Arc<CachedResponse>) -> u64 {
        let bytes = address.len() + rendered.body.len() + OVERHEAD;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// A response whose body is in memory.
#[derive(Debug)]
struct CachedResponse {
    /// The only competition that it shows; `None` if it shows any.
    competition: Option<CompetitionId>,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    rendered: Rendered,
}

/// When a response was rendered. It is an extension of the response, so that a cache further out
/// does not keep it for longer.
#[derive(Clone, Copy, Debug)]
struct Rendered {
    at: Timestamp,
    /// The number of change events up to then.
    events: u64,
}

impl ResponseCache {
    /// A cache that the events of `ctx` invalidate. Its responses have entity tags.
    pub fn new(ctx: Context) -> Self {
        Self::completing(ctx, entity_tag::make_revalidatable)
    }

    /// The same for responses that keep their headers.
    pub(crate) fn without_tags(ctx: Context) -> Self {
        Self::completing(ctx, |_, _| {})
    }

    fn completing(ctx: Context, complete: fn(&mut HeaderMap, &[u8])) -> Self {
        // Without a subscription, events of other processes are not counted.
        ctx.subscribe_to_events();
        let in_flight = Combiner::new(BatchLimits { max_batch: usize::MAX, ..BatchLimits::READS });
        let cached = Cache::with_weighter(ESTIMATED_ITEMS, CAPACITY, SizeInBytes);
        Self(Arc::new(Inner { ctx, in_flight, cached, complete }))
    }

    /// The response for `address`, if it is ready and nothing has changed.
    pub(crate) fn get(&self, address: &str) -> Option<Response> {
        let rendered = self.0.cached.get(address)?;
        rendered.is_fresh(&self.0.ctx).then(|| rendered.to_response())
    }

    /// The response for `address`, which must identify it completely, and which shows only
    /// `competition` if there is one. `render` runs once for all requests that wait for it.
    pub(crate) async fn get_or_render<F, Fut>(
        &self,
        address: String,
        competition: Option<CompetitionId>,
        render: F,
    ) -> Result<Response, Problem>
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        if let Some(ready) = self.get(&address) {
            return Ok(ready);
        }
        let (inner, render, key) = (Arc::clone(&self.0), Arc::new(render), address.clone());
        let render_for_all = move |waiting: Vec<()>| {
            let (inner, render, key) = (Arc::clone(&inner), Arc::clone(&render), key.clone());
            async move {
                let events = inner.ctx.event_count(competition);
                let now = Rendered { at: inner.ctx.now(), events };
                let response = render().await.into_response();
                let rendered = CachedResponse::of(response, competition, now, inner.complete).await;
                let rendered = Arc::new(rendered);
                if rendered.status.is_success() && rendered.body.len() <= MAX_CACHED {
                    inner.cached.insert(key, Arc::clone(&rendered));
                }
                waiting.into_iter().map(|()| Ok(Arc::clone(&rendered))).collect()
            }
        };
        Ok(self.0.in_flight.submit(address, (), render_for_all).await?.to_response())
    }
}

impl CachedResponse {
    async fn of(
        response: Response,
        competition: Option<CompetitionId>,
        rendered: Rendered,
        complete: fn(&mut HeaderMap, &[u8]),
    ) -> Self {
        let (Parts { mut status, mut headers, extensions, .. }, body) = response.into_parts();
        let rendered = extensions.get().copied().unwrap_or(rendered);
        let body = to_bytes(body, usize::MAX).await.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a response broke off");
            status = StatusCode::INTERNAL_SERVER_ERROR;
            Bytes::new()
        });
        if status.is_success() {
            complete(&mut headers, &body);
        }
        Self { competition, status, headers, body, rendered }
    }

    fn is_fresh(&self, ctx: &Context) -> bool {
        let age = (ctx.now().utc() - self.rendered.at.utc()).num_milliseconds();
        // A negative age means that the clock was set back.
        self.rendered.events == ctx.event_count(self.competition) && (0..MAX_AGE_MS).contains(&age)
    }

    fn to_response(&self) -> Response {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = self.status;
        response.headers_mut().clone_from(&self.headers);
        response.extensions_mut().insert(self.rendered);
        response
    }
}

#[cfg(test)]
mod tests {
    use service::testing::World;

    use super::*;

    /// Requests a response of `bytes` bytes.
    async fn request(cache: &ResponseCache, address: String, bytes: usize) {
        let render = move || async move { Ok("x".repeat(bytes).into_response()) };
        cache.get_or_render(address, None, render).await.unwrap();
    }

    #[tokio::test]
    async fn the_size_of_cached_responses_is_bounded() {
        let world = World::new().await;
        let cache = ResponseCache::new(world.ctx.clone());
        for number in 0..200 {
            request(&cache, format!("/api/competitions?x={number}"), MAX_CACHED / 2).await;
        }
        let cached = cache.0.cached.len();
        assert!(cached > 10, "few responses are cached");
        assert!((cached * MAX_CACHED / 2) as u64 <= CAPACITY, "{cached} are cached");
        request(&cache, "large".to_owned(), MAX_CACHED + 1).await;
        assert!(cache.0.cached.get("large").is_none(), "a response that is too large is cached");
    }

    #[tokio::test]
    async fn a_response_that_breaks_off_is_an_error_and_is_not_cached() {
        let world = World::new().await;
        let cache = ResponseCache::without_tags(world.ctx.clone());
        let render = || async {
            let parts = [Ok(Bytes::from_static(b"half")), Err(std::io::Error::other("broken"))];
            Ok(Body::from_stream(futures::stream::iter(parts)).into_response())
        };
        let response = cache.get_or_render("page".to_owned(), None, render).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(cache.0.cached.get("page").is_none());
    }
}
