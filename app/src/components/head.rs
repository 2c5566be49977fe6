//! A page's title and description.

use leptos::prelude::*;
use leptos_meta::{Meta, Title};

/// What search engines and browser tabs show of a page.
#[component]
pub(crate) fn Head(
    /// Unlike any other page's.
    #[prop(into)]
    title: String,
    /// One sentence.
    #[prop(
        into,
        default = "Find competitions, hold your place in seconds, and never lose it.".into()
    )]
    description: String,
) -> impl IntoView {
    view! {
        <Title text=title />
        <Meta name="description" content=description />
    }
}
