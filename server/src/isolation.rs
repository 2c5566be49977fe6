//! Keeps what Leptos knows of one request apart from all others, and lets it come to its end.
//!
//! Leptos keeps the owner of the page that was begun last on a thread as the current one, until that page is sent. What is
//! begun on the same thread meanwhile becomes its child (leptos_axum 0.8.10, reactive_graph 0.2.16) and finds what was meant
//! for the page: a file was sent with the headers of a page, cookies among them, which the page then lacked, in one of
//! a hundred pages under load. That is why files are not served by Leptos.
//!
//! When a client hangs up, its request is dropped, and with it all that is reactive in its page.
//! Tasks that Leptos has started for the page go on, read what is gone, and panic. So a page is
//! made in a task of its own, to its end. A server function that may change something is not:
//! dropped at its time limit, it is rolled back, and the answer "Nothing was changed" stays true.

use std::{panic, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::ErrorCode;
use leptos::prelude::Owner;
use tokio::sync::Semaphore;
use tracing::Instrument;

use crate::problem::Problem;

/// Pages that are made at the same time, those included whose client has hung up.
const AT_ONCE: usize = 1_024;

/// How many may be made at the same time. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Isolation(Arc<Semaphore>);

impl Default for Isolation {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// Begins a page or a server function without an owner, a page in a task of its own. To stand
/// directly before what makes an owner: a thread may change at every await.
pub(crate) async fn begin(isolation: State<Isolation>, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return complete(isolation, request, next).await;
    }
    drop(Owner::new_root(None));
    next.run(request).await
}

/// Begins a page without an owner, in a task of its own, whatever the method.
pub(crate) async fn complete(
    State(Isolation(permits)): State<Isolation>,
    request: Request,
    next: Next,
) -> Response {
    // A client that hangs up while it waits has begun nothing.
    let Ok(permit) = permits.acquire_owned().await else { return stopped() };
    let made = async move {
        let _permit = permit;
        // It makes itself the current one, and is gone at once.
        drop(Owner::new_root(None));
        next.run(request).await
    };
    match tokio::spawn(made.in_current_span()).await {
        Ok(response) => response,
        Err(failure) => match failure.try_into_panic() {
            Ok(panic) => panic::resume_unwind(panic),
            // The runtime ends.
            Err(_) => stopped(),
        },
    }
}

fn stopped() -> Response {
    Problem::new(ErrorCode::Overloaded, "The server is stopping. Please try again.").into_response()
}
