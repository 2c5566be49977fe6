//! Content that appears after a form was sent.

use leptos::{html::Div, prelude::*};

use super::focus;

/// Content that appears after a form was sent: a new secret, for example. With JavaScript it takes
/// the focus when it appears.
#[component]
pub(crate) fn Announced<T>(
    /// What it shows; `None` until then.
    shown: Signal<Option<T>>,
    /// Shows it.
    content: fn(T) -> AnyView,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    let node = NodeRef::<Div>::new();
    Effect::new(move || {
        if shown.with(Option::is_some)
            && let Some(node) = node.get()
        {
            focus(node);
        }
    });
    // The element is always there, because screen readers announce changes inside an existing live
    // region.
    view! {
        <div node_ref=node role="status" tabindex="-1" class="empty:hidden">
            {move || shown.get().map(content)}
        </div>
    }
}
