//! Plain text whose links can be followed.

use leptos::{either::Either, prelude::*};

/// What ends a sentence or a bracket rather than a link, at the end of it.
const AFTER_LINK: [char; 9] = ['.', ',', ';', ':', '!', '?', ')', '>', '"'];

/// Plain text, with its web addresses as links.
#[component]
pub(crate) fn LinkedText(
    /// The text.
    text: String,
) -> impl IntoView {
    let part = |part: Part<'_>| match part {
        Part::Text(text) => Either::Left(text.to_owned()),
        Part::Link(url) => {
            let (href, url) = (url.to_owned(), url.to_owned());
            Either::Right(view! {
                <a class="link" href=href rel="noopener noreferrer nofollow">
                    {url}
                </a>
            })
        }
    };
    parts(&text).into_iter().map(part).collect_view()
}

#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Link(&'a str),
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = start_of_link(rest) {
        let (before, from_link) = rest.split_at(start);
        let end = from_link.find(char::is_whitespace).unwrap_or(from_link.len());
        let url = from_link[..end].trim_end_matches(AFTER_LINK);
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(Part::Link(url));
        rest = &from_link[url.len()..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

/// Where a word begins that is a link to a page.
fn start_of_link(text: &str) -> Option<usize> {
    let candidates = ["https://", "http://"]
        .into_iter()
        .flat_map(|scheme| text.match_indices(scheme).map(move |(at, _)| (at, at + scheme.len())));
    let is_link = |&(at, host): &(usize, usize)| {
        let before = text[..at].chars().next_back();
        let after = text[host..].chars().next();
        before.is_none_or(|c| !c.is_alphanumeric()) && after.is_some_and(char::is_alphanumeric)
    };
    candidates.filter(is_link).map(|(at, _)| at).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_are_links_without_what_follows_them() {
        let (text, link) = (Part::Text, Part::Link);
        for (whole, expected) in [
            ("", vec![]),
            ("no link", vec![text("no link")]),
            ("https://a.example", vec![link("https://a.example")]),
            (
                "Open https://a.example/x?y=1.\nThen (http://b.example), or not.",
                vec![
                    text("Open "),
                    link("https://a.example/x?y=1"),
                    text(".\nThen ("),
                    link("http://b.example"),
                    text("), or not."),
                ],
            ),
            ("https:// and xhttps://a.example", vec![text("https:// and xhttps://a.example")]),
            ("javascript:alert(1) mailto:a@b.c", vec![text("javascript:alert(1) mailto:a@b.c")]),
        ] {
            assert_eq!(parts(whole), expected, "{whole}");
        }
    }
}
