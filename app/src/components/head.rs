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
    // leptos_meta writes a title into the page as it is; in the browser it is set as text.
    #[cfg(feature = "ssr")]
    let title = html_escape::encode_text(&title).into_owned();
    view! {
        <Title text=title />
        <Meta name="description" content=description />
    }
}
