//! The second filter: it removes all elements and attributes that a text cannot have.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::Builder;
use domain::PictureWidth;

pub(super) static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let plain = [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "div",
        "em",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ];
    let attributes = [
        ("a", HashSet::from(["href", "title"])),
        ("img", HashSet::from(["src", "alt", "width", "height", "title"])),
        ("ol", HashSet::from(["start"])),
    ];
    let image = [("loading", HashSet::from(["lazy"])), ("decoding", HashSet::from(["async"]))];
    let frame = [("role", "group"), ("aria-label", "Table"), ("tabindex", "0")];
    let frame = frame.map(|(name, value)| (name, HashSet::from([value])));
    let mut cleaner = Builder::empty();
    cleaner
        .tags(HashSet::from(plain))
        .tag_attributes(HashMap::from(attributes))
        .tag_attribute_values(HashMap::from([
            ("div", HashMap::from(frame)),
            ("img", HashMap::from(image)),
        ]))
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("img", "src") => PictureWidth::of_path(value).map(|_| value.into()),
            _ => Some(value.into()),
        })
        .allowed_classes(HashMap::from([("div", HashSet::from(["table-scroll"]))]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        // `external` is for our router: it would look for a page of ours at the address.
        .link_rel(Some("external nofollow noopener ugc"));
    cleaner
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_runs_passes_the_second_filter_alone() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href='javascript:alert(1)' onclick='alert(1)' style='color:red' \
             target=_blank>x</a>",
            "<div class=\"menu\" role=\"alert\" tabindex=\"5\" id=\"main\">x</div>",
            "<img src='https://a.example/x.png' srcset='https://a.example/x.png 2x' id=x>",
        ] {
            let html = CLEANER.clean(hostile).to_string();
            let bad = [
                "<script",
                "src",
                "onerror",
                "javascript",
                "onclick",
                "style",
                "target",
                "menu",
                "alert\"",
                "id=",
            ];
            assert!(bad.iter().all(|bad| !html.contains(bad)), "{hostile} gave {html}");
        }
    }
}
