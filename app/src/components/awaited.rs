//! What has to be waited for.

use std::pin::Pin;

use leptos::prelude::*;

use super::ScrollMemory;

/// What is being made. All of it has one type, so that browsers fetch the code around it once, not once for each place.
type Making = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// Shows what `content` makes, once it is made; what was there before stays until then. Made anew whenever something
/// changes that it has read.
#[component]
pub(crate) fn Awaited<F, M, V>(
    /// What is there at first, when the browser has come from another page of the site; nothing unless it is given.
    #[prop(optional, into)]
    fallback: ViewFnOnce,
    /// Begins to make what is shown.
    content: F,
) -> impl IntoView
where
    F: Fn() -> M + Send + 'static,
    M: Future<Output = V> + Send + 'static,
    V: IntoView + 'static,
{
    let content = move || -> Making {
        let made = content();
        Box::pin(async move {
            let made = made.await.into_any();
            ScrollMemory::go_on();
            made
        })
    };
    view! { <Boundary fallback content=Box::new(content) /> }
}

#[component]
fn Boundary(fallback: ViewFnOnce, content: Box<dyn Fn() -> Making + Send>) -> impl IntoView {
    view! { <Transition fallback>{move || Suspend::new(content())}</Transition> }
}
