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
    /// The path of the picture of the preview, of 1,200 by 630 pixels, and what it shows; that of
    /// the site by default.
    #[prop(optional)]
    picture: Option<(String, String)>,
    /// Whether search engines must leave the page out.
    #[prop(optional)]
    noindex: bool,
) -> impl IntoView {
    let share = path.map(|path| {
        let (picture, alt) = match picture {
            Some((picture, alt)) => (picture, Some(alt)),
            None => ("/social.png".to_owned(), None),
        };
        let (title, description, url) = (title.clone(), description.clone(), absolute(&path));
        view! {
            <Link rel="canonical" href=url.clone() />
            <Meta property="og:type" content="website" />
            <Meta property="og:site_name" content="Mini Compete" />
            <Meta property="og:title" content=title />
            <Meta property="og:description" content=description />
            <Meta property="og:url" content=url />
            <Meta property="og:image" content=absolute(&picture) />
            {alt.map(|alt| view! { <Meta property="og:image:alt" content=alt /> })}
            <Meta property="og:image:width" content="1200" />
            <Meta property="og:image:height" content="630" />
            <Meta name="twitter:card" content="summary_large_image" />
        }
    });
    view! {
        <PageTitle title />
        <Meta name="description" content=description />
        {noindex.then(|| view! { <Meta name="robots" content="noindex" /> })}
        {share}
    }
}

/// The title of a page alone, where its data names it.
#[component]
pub(crate) fn PageTitle(
    /// Unique among the pages.
    title: String,
) -> impl IntoView {
    // On the server leptos_meta does not escape the title; in the browser it sets it as text.
    #[cfg(feature = "ssr")]
    let title = html_escape::encode_text(&title).into_owned();
    view! { <Title text=title /> }
}
