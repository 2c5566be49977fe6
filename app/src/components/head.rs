//! A page's title and description, and what other sites show when somebody shares it.

use leptos::prelude::*;
use leptos_meta::{Link, Meta, Title};

use crate::site_url::absolute;

/// What search engines and browser tabs show of a page, and other sites when it is shared.
#[component]
pub(crate) fn Head(
    /// Unlike any other page's.
    #[prop(into)]
    title: String,
    /// One sentence.
    #[prop(
        into,
        default = "Find competitions and save your seat in seconds.".into()
    )]
    description: String,
    /// The one address of a page that is for everybody: `/competitions`. Only such a page can be shared.
    #[prop(optional, into)]
    path: Option<String>,
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
    // leptos_meta writes a title into the page as it is; in the browser it is set as text.
    #[cfg(feature = "ssr")]
    let title = html_escape::encode_text(&title).into_owned();
    view! {
        <Title text=title />
        <Meta name="description" content=description />
        {share}
    }
}
