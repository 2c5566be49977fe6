//! A cache of responses that are the same for every client, with request coalescing.
//!
//! Requests for the same address that arrive while its response is being rendered wait for it and
//! share it. The response is then reused for half a second. However many clients ask, the database
//! and the renderer do the work of one. A change by this process invalidates the cache at once, and
//! a change by another process as soon as Redis announces it; without Redis it shows after half a
//! second.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, StatusCode, response::Parts},
    response::{IntoResponse, Response},
};
use domain::Timestamp;
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
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// When its rendering began.
    rendered_at: Timestamp,
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

    /// The response for `address`, which must identify it completely. `render` runs once for all
    /// requests that wait for it.
    pub(crate) async fn get_or_render<F, Fut>(
        &self,
        address: String,
        render: F,
    ) -> Result<Response, Problem>
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        if let Some(rendered) = self.0.cached.get(&address)
            && rendered.is_fresh(&self.0.ctx)
        {
            return Ok(rendered.to_response());
        }
        let (inner, render, key) = (Arc::clone(&self.0), Arc::new(render), address.clone());
        let render_for_all = move |waiting: Vec<()>| {
            let (inner, render, key) = (Arc::clone(&inner), Arc::clone(&render), key.clone());
            async move {
                let (rendered_at, events) = (inner.ctx.now(), inner.ctx.event_count());
                let response = render().await.into_response();
                let rendered = CachedResponse::of(response, rendered_at, events, inner.complete);
                let rendered = Arc::new(rendered.await);
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
        rendered_at: Timestamp,
        events: u64,
        complete: fn(&mut HeaderMap, &[u8]),
    ) -> Self {
        let (Parts { mut status, mut headers, .. }, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a response broke off");
            status = StatusCode::INTERNAL_SERVER_ERROR;
            Bytes::new()
        });
        if status.is_success() {
            complete(&mut headers, &body);
        }
        Self { status, headers, body, rendered_at, events }
    }

    fn is_fresh(&self, ctx: &Context) -> bool {
        let age = (ctx.now().utc() - self.rendered_at.utc()).num_milliseconds();
        // A negative age means that the clock was set back.
        self.events == ctx.event_count() && (0..MAX_AGE_MS).contains(&age)
    }

    fn to_response(&self) -> Response {
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

    /// Requests a response of `bytes` bytes.
    async fn request(cache: &ResponseCache, address: String, bytes: usize) {
        let render = move || async move { Ok("x".repeat(bytes).into_response()) };
        cache.get_or_render(address, render).await.unwrap();
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
        let response = cache.get_or_render("page".to_owned(), render).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(cache.0.cached.get("page").is_none());
    }
}
