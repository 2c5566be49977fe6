//! A page that loads its data.

use leptos::{either::Either, prelude::*};
use serde::{Serialize, de::DeserializeOwned};

use super::{Awaited, FailureView, Layout, Skeleton};
use crate::error::Failure;

/// Shows a page once its data is loaded, or a failure in its place. When the browser comes from
/// another page of the site, a skeleton reserves the space until then.
#[component]
pub(crate) fn Loaded<T, F, V>(
    /// The layout of the page.
    #[prop(optional)]
    layout: Layout,
    /// The data.
    from: Resource<Result<T, Failure>>,
    /// Renders the page from the data.
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
    let fallback = move || view! { <Skeleton layout /> };
    view! { <Awaited fallback content /> }
}
