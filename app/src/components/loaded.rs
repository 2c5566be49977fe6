//! A page and what it waits for.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::FailureView;
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
    V: IntoView,
{
    let page = move || {
        let children = children.clone();
        Suspend::new(async move {
            match from.await {
                Ok(screen) => children(screen).into_any(),
                Err(failure) => view! { <FailureView failure /> }.into_any(),
            }
        })
    };
    view! {
        <Transition fallback=|| {
            view! { <div class="skeleton h-96" aria-hidden="true"></div> }
        }>{page}</Transition>
    }
}
