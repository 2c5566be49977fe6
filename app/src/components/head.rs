//! The title and the metadata of a page.

use leptos::prelude::*;
use leptos_meta::{Link, Meta, Title};

use crate::site_url::absolute;

/// The title and the description of a page, and its preview on other sites.
#[component]
pub(crate) fn Head(
    /// Unique among the pages.
    #[prop(into)]
    title: String,
    /// One sentence.
    #[prop(
        into,
        default = "Find competitions and save your seat in seconds.".into()
    )]
    description: String,
    /// The canonical path of a public page: `/competitions`. Only public pages have a preview.
    #[prop(optional, into)]
    path: Option<String>,
    /// Whether search engines must leave the page out.
    #[prop(optional)]
    noindex: bool,
) -> impl IntoView {
    let share = path.map(|path| {
        let (title, description, url) = (title.clone(), description.clone(), absolute(&path));
        view! {
            <Link rel="canonical" href=url.clone() />
            <Meta property="og:type" content="website" />
            <Meta property="og:site_name" content="Mini Compete" />
            <Meta property="og:title" content=title />
            <Meta property="og:description" content=description />
            <Meta property="og:url" content=url />
            <Meta property="og:image" content=absolute("/social.png") />
            <Meta name="twitter:card" content="summary" />
        }
    });
    // On the server leptos_meta does not escape the title; in the browser it sets it as text.
    #[cfg(feature = "ssr")]
    let title = html_escape::encode_text(&title).into_owned();
    view! {
        <Title text=title />
        <Meta name="description" content=description />
        {noindex.then(|| view! { <Meta name="robots" content="noindex" /> })}
        {share}
    }
}
