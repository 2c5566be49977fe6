//! Isolates the reactive owner of each request, and renders each page to its end.
//!
//! Leptos keeps the owner of the last page that a thread began as its current owner until that page
//! is sent. A request that begins on the same thread in the meantime becomes a child of that owner
//! (leptos_axum 0.8.10, reactive_graph 0.2.16) and reads its contexts. Under load, one page in a
//! hundred lost its headers and cookies to a file this way. That is why Leptos serves no files.
//!
//! When a client hangs up, hyper drops its request, and with it the reactive state of the page.
//! Tasks that Leptos has spawned for the page continue, read disposed state, and panic. So a page
//! runs in a task of its own, which nothing drops. A server function that may write does not: at
//! its time limit it is dropped and rolled back, so that "Nothing was changed" is true.

use std::{panic, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::ErrorCode;
use leptos::prelude::Owner;
use service::RequestId;
use tokio::sync::Semaphore;
use tracing::Instrument;

use crate::problem::Problem;

/// Pages that are rendered at the same time, including those whose client has hung up.
const MAX_CONCURRENT: usize = 1_024;

/// Bounds the pages that are rendered at the same time. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct RenderPermits(Arc<Semaphore>);

impl Default for RenderPermits {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_CONCURRENT)))
    }
}

/// Starts a request without a current owner; a page also in a task of its own. This must be the
/// innermost layer: a future may change threads at every await.
pub(crate) async fn isolate(
    permits: State<RenderPermits>,
    request: Request,
    next: Next,
) -> Response {
    if request.method().is_safe() {
        return isolate_in_task(permits, request, next).await;
    }
    clear_owner();
    next.run(request).await
}

/// Starts a request without a current owner, in a task of its own.
pub(crate) async fn isolate_in_task(
    State(RenderPermits(permits)): State<RenderPermits>,
    request: Request,
    next: Next,
) -> Response {
    // A client that hangs up before this has started nothing.
    let Ok(permit) = permits.acquire_owned().await else { return stopped() };
    let rendering = async move {
        let _permit = permit;
        clear_owner();
        next.run(request).await
    };
    let id = RequestId::current();
    let rendering = async move {
        match id {
            Some(id) => id.scope(rendering).await,
            None => rendering.await,
        }
    };
    match tokio::spawn(rendering.in_current_span()).await {
        Ok(response) => response,
        Err(failure) => match failure.try_into_panic() {
            Ok(panic) => panic::resume_unwind(panic),
            // The runtime shuts down.
            Err(_) => stopped(),
        },
    }
}

/// Leaves the thread without a current owner: a new root owner replaces the current one, and is
/// dropped.
fn clear_owner() {
    drop(Owner::new_root(None));
}

fn stopped() -> Response {
    Problem::new(ErrorCode::Overloaded, "The server is stopping. Please try again.").into_response()
}
