//! Keeps what Leptos knows of one request apart from all others.
//!
//! Leptos keeps the owner of the page that was begun last on a thread as the current one, until that page is sent. What is
//! begun on the same thread meanwhile becomes its child (leptos_axum 0.8.10, reactive_graph 0.2.16) and finds what was meant
//! for the page: a file was sent with the headers of a page, cookies among them, which the page then lacked, in one of
//! a hundred pages under load. That is why files are not served by Leptos.

use axum::{extract::Request, middleware::Next, response::Response};
use leptos::prelude::Owner;

/// Begins what follows without an owner. To stand directly before what makes one: a thread may change at every await.
pub(crate) async fn begin(request: Request, next: Next) -> Response {
    // It makes itself the current one, and is gone at once.
    drop(Owner::new_root(None));
    next.run(request).await
}
