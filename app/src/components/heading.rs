//! The heading of a page.

use leptos::{html::H1, prelude::*};

use super::NavigationFocus;

/// The only `h1` of a page.
#[component]
pub(crate) fn Heading(
    /// Whether it takes the focus after a navigation; `false` if another element does.
    #[prop(default = true)]
    takes_focus: bool,
    /// The element, for a page that moves the focus to it later.
    #[prop(optional)]
    node: NodeRef<H1>,
    /// The text.
    children: Children,
) -> impl IntoView {
    if takes_focus {
        NavigationFocus::take(node);
    }
    view! {
        <h1 node_ref=node tabindex="-1" class="heading outline-none">
            {children()}
        </h1>
    }
}
