//! Content that is loaded first.

use std::pin::Pin;

use leptos::prelude::*;

use super::ScrollMemory;

/// The future of a view. It has one type for all callers, so that the code of `Boundary` is
/// compiled once.
type RenderFuture = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// Shows the view of `content` once it is ready; the previous view stays until then. It runs again
/// when a signal that it has read changes.
#[component]
pub(crate) fn Awaited<F, Fut, V>(
    /// Shown until the first view is ready, when the browser comes from another page of the site.
    #[prop(optional, into)]
    fallback: ViewFnOnce,
    /// Starts to load the view.
    content: F,
) -> impl IntoView
where
    F: Fn() -> Fut + Send + 'static,
    Fut: Future<Output = V> + Send + 'static,
    V: IntoView + 'static,
{
    let content = move || -> RenderFuture {
        let view = content();
        Box::pin(async move {
            let view = view.await.into_any();
            ScrollMemory::restore();
            view
        })
    };
    view! { <Boundary fallback content=Box::new(content) /> }
}

#[component]
fn Boundary(fallback: ViewFnOnce, content: Box<dyn Fn() -> RenderFuture + Send>) -> impl IntoView {
    view! { <Transition fallback>{move || Suspend::new(content())}</Transition> }
}
