//! A page and what it shows.

use leptos::{either::Either, prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};

use super::{Awaited, FailureView};
use crate::error::Failure;

/// Shows a page once there is what it shows, or in its place why it cannot be shown. When the browser comes from another
/// page of the site, a frame keeps its room until then.
#[component]
pub(crate) fn Loaded<T, F, V>(
    /// What it shows.
    from: Resource<Result<T, Failure>>,
    /// Makes the page of it.
    children: F,
) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Fn(T) -> V + Clone + Send + 'static,
    V: IntoView + 'static,
{
    let content = move || {
        let children = children.clone();
        async move {
            match from.await {
                Ok(screen) => Either::Left(children(screen)),
                Err(failure) => Either::Right(view! { <FailureView failure /> }),
            }
        }
    };
    view! { <Awaited fallback=|| view! { <div class="skeleton h-96" aria-hidden="true"></div> } content /> }
}

/// Has a page show how things are now, without a gap. A look that fails leaves what the last one saw, and one that takes
/// longer than somebody stays on the page is nobody's.
pub(crate) fn look_again<T>(
    at: Resource<Result<T, Failure>>,
    look: impl Future<Output = Result<T, Failure>> + 'static,
) where
    T: Send + Sync + 'static,
{
    spawn_local(async move {
        if let Ok(now) = look.await {
            at.try_set(Some(Ok(now)));
        }
    });
}
