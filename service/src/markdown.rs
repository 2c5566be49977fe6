//! Descriptions and sections: Markdown in, safe HTML or plain text out.
//!
//! Line breaks stay, and web addresses become links.
//!
//! Two filters stand between an organizer's text and a visitor's browser. The first creates plain
//! elements only: HTML in the text stays text, and an image that is no uploaded picture becomes a
//! link, so that a page sends no request to another site. The second, ammonia, removes all other
//! elements that the first has missed.

mod bare_link;
mod pictures;
mod rewriter;

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::Builder;
use domain::PictureWidth;
use pulldown_cmark::{Event, Options, Parser, TagEnd, TextMergeStream, html::push_html};

pub use self::pictures::Pictures;
pub(crate) use self::pictures::named_pictures;
use self::rewriter::Rewriter;

/// Longest plain text of a description, in characters.
const SUMMARY: usize = 160;

/// Safe HTML with these pictures. Its topmost headings are of the level `top`, and none below skips
/// a level.
pub fn render(text: &str, top: u8, pictures: &Pictures) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    let rewriter = Rewriter::new(top, pictures);
    push_html(&mut html, rewriter.rewrite(TextMergeStream::new(parse(text))));
    CLEANER.clean(&html).to_string()
}

/// The beginning of a description as plain text, cut between words; in languages without spaces,
/// within one.
pub fn summary(text: &str) -> String {
    let mut summary = String::new();
    let mut length = 0;
    // An inline element does not part words, a block does.
    let words = plain(text);
    for word in words.split_whitespace() {
        length += word.chars().count() + 1;
        if length > SUMMARY {
            if summary.is_empty() {
                // Some languages do without spaces.
                summary.extend(word.chars().take(SUMMARY - 1));
            }
            summary.push('…');
            break;
        }
        if !summary.is_empty() {
            summary.push(' ');
        }
        summary.push_str(word);
    }
    summary
}

fn parse(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

/// The text without its syntax, and without the addresses of its links and pictures.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::new();
    for event in parse(text) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                plain.push_str(&text);
            }
            Event::End(
                TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough
                | TagEnd::Link
                | TagEnd::Image,
            ) => {}
            Event::SoftBreak | Event::HardBreak | Event::Rule | Event::End(_) => plain.push(' '),
            _ => {}
        }
    }
    plain
}

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
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
    use domain::{Asset, AssetId};

    use super::{
        rewriter::{MAX_DEPTH, TABLE},
        *,
    };

    /// Without pictures.
    fn render(text: &str, top: u8) -> String {
        super::render(text, top, &Pictures::default())
    }

    /// A picture of 2,000 by 1,000 pixels, and its path.
    fn picture() -> (Pictures, String) {
        let id: AssetId = "01939c2e-7b5a-7000-8000-000000000001".parse().unwrap();
        let path = PictureWidth::Large.path(id);
        let created_at = "2026-11-30T12:00:00Z".parse().unwrap();
        let asset = Asset { id, width: 2000, height: 1000, path: path.clone(), created_at };
        (Pictures::from_iter([asset]), path)
    }

    #[test]
    fn an_uploaded_picture_is_shown_with_its_words_and_its_size() {
        let (known, path) = picture();
        let medium = path.replace("1600", "960");
        let image = format!(
            "<img src=\"{medium}\" alt=\"The map\" width=\"960\" height=\"480\" \
             loading=\"lazy\" decoding=\"async\">"
        );
        let rel = "rel=\"external nofollow noopener ugc\"";
        for written in [&path, &medium] {
            assert_eq!(
                super::render(&format!("![The *map*]({written})"), 2, &known),
                format!("<p><a href=\"{path}\" {rel}>{image}</a></p>\n")
            );
        }
        // A link is one only, and has words.
        let linked = super::render(&format!("[![The map]({path})](https://a.example)"), 2, &known);
        assert_eq!(linked, format!("<p><a href=\"https://a.example\" {rel}>{image}</a></p>\n"));
        let silent = super::render(&format!("![]({path} 'Hall 2')"), 2, &known);
        assert!(silent.contains("alt=\"\"") && !silent.contains("<a "), "{silent}");
        assert!(silent.contains("title=\"Hall 2\""), "{silent}");
        let unknown = path.replace("0001/", "0002/");
        let missing = super::render(&format!("![The map]({unknown})"), 2, &known);
        assert!(missing.contains(">Image: The map</a>"), "{missing}");
    }

    #[test]
    fn a_picture_that_is_high_is_shown_no_higher_than_a_screen_and_a_small_one_as_it_is() {
        let (_, path) = picture();
        let (id, _) = PictureWidth::of_path(&path).unwrap();
        let created_at = "2026-11-30T12:00:00Z".parse().unwrap();
        for (width, height, shown) in [
            (1000, 4000, "width=\"160\" height=\"640\""),
            (480, 200, "width=\"480\" height=\"200\""),
            (1, 1, "width=\"1\" height=\"1\""),
        ] {
            let known =
                Pictures::from_iter([Asset { id, width, height, path: path.clone(), created_at }]);
            let html = super::render(&format!("![x]({path})"), 2, &known);
            assert!(html.contains(shown), "{html}");
            assert_eq!(html.contains("<a "), height > 640, "{html}");
        }
    }

    #[test]
    fn the_pictures_of_a_text_are_those_that_it_would_show() {
        let (_, path) = picture();
        let (id, _) = PictureWidth::of_path(&path).unwrap();
        for text in [
            format!("![x]({path})"),
            format!("[![x]({path})](https://a.example)"),
            format!("![x][map]\n\n[map]: {path}"),
            format!("> - ![x](&#47;{} \"y\")", &path[1..]),
        ] {
            assert_eq!(Vec::from_iter(named_pictures(&text).into_keys()), [id], "{text}");
        }
        for text in [
            format!("[x]({path})"),
            format!("`![x]({path})`"),
            format!("![x](https://a.example{path})"),
            path,
        ] {
            assert!(named_pictures(&text).is_empty(), "{text}");
        }
    }

    #[test]
    fn the_words_of_a_picture_stay_words() {
        let (known, path) = picture();
        for hostile in [
            "x\" onerror=\"alert(1)",
            "<b onclick=alert(1)>x</b>",
            "`\"><script>alert(1)</script>`",
            "a ![b](https://a.example/b.png) c",
            "[b](javascript:alert(1))",
        ] {
            for text in [format!("![{hostile}]({path})"), format!("![x]({path} '{hostile}')")] {
                let html = super::render(&text, 2, &known);
                let tags = html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap());
                let names = tags.map(|tag| tag.split(' ').next().unwrap());
                assert!(
                    names.into_iter().all(|name| ["p", "a", "img", "/a", "/p"].contains(&name))
                );
                // A text between quotes is a value and no attribute.
                let outside: String = html.split('"').step_by(2).collect();
                assert!(!outside.contains("onerror") && !outside.contains("onclick"), "{html}");
                assert!(!html.contains("javascript:") || !html.contains("href=\"java"), "{html}");
            }
        }
    }

    #[test]
    fn usual_markdown_becomes_plain_elements() {
        let html = render("**bold** and `code`\n\n- one\n- two\n\n~~gone~~", 2);
        assert_eq!(
            html,
            "<p><strong>bold</strong> and <code>code</code></p>\n\
             <ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<p><del>gone</del></p>\n"
        );
        let table = render("| a | b |\n|---|--:|\n| 1 | 2 |", 2);
        assert!(table.contains(TABLE[0]) && table.contains("<td>2</td>"), "{table}");
        assert!(!table.contains("style"), "{table}");
    }

    #[test]
    fn headings_go_on_from_the_page_and_skip_no_level() {
        let html = render("# One\n### Deep\n## Less deep\n# Two\n###### Deepest", 2);
        let levels: Vec<_> = html.match_indices("<h").map(|(at, _)| &html[at..at + 4]).collect();
        assert_eq!(levels, ["<h2>", "<h3>", "<h3>", "<h2>", "<h3>"]);
        assert!(render("### Alone", 3).starts_with("<h3>"));
    }

    #[test]
    fn links_vouch_for_nothing_and_pictures_are_links() {
        let rel = r#"rel="external nofollow noopener ugc""#;
        let link = render("[rules](https://a.example/ \"All of them\")", 2);
        assert!(link.contains(r#"href="https://a.example/""#) && link.contains(rel), "{link}");
        let picture = render("![The hall](https://a.example/hall.png)", 2);
        assert!(!picture.contains("<img"), "{picture}");
        assert!(picture.contains(">Image: The hall</a>"), "{picture}");
        let both = render("[![The hall](https://a.example/hall.png)](https://b.example/)", 2);
        assert_eq!(both.matches("<a ").count(), 1, "{both}");
        assert!(both.contains("https://b.example/"), "{both}");
    }

    #[test]
    fn web_addresses_become_links_and_line_breaks_stay() {
        let html = render("See https://a.example/x_y?b=1&c=2.\nThen", 2);
        assert_eq!(
            html,
            "<p>See <a href=\"https://a.example/x_y?b=1&amp;c=2\" \
             rel=\"external nofollow noopener ugc\">https://a.example/x_y?b=1&amp;c=2</a>.<br>\n\
             Then</p>\n"
        );
        let once = render("[https://a.example](https://b.example) <https://c.example>", 2);
        assert_eq!(once.matches("<a ").count(), 2, "{once}");
        for code in ["`https://a.example`", "```\nhttps://a.example\n```", "    https://a.example"]
        {
            assert!(!render(code, 2).contains("<a "), "{code}");
        }
        assert!(render("```\nx\n```\nhttps://a.example", 2).contains("<a "));
    }

    #[test]
    fn nothing_that_runs_is_left_of_hostile_text() {
        let quoted = "x\" onmouseover=\"alert(1)";
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "a <b onclick=alert(1)>b</b>",
            "<!-- --><svg/onload=alert(1)>",
            "<iframe srcdoc='<script>alert(1)</script>'>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](javascript&colon;alert(1))",
            "[x](&#106;avascript:alert(1))",
            "[x](&#x6A;&#x61;vascript&#58;alert(1))",
            "[x](java&Tab;script:alert(1))",
            "[x](<java\tscript:alert(1)>)",
            "[x](\u{1}javascript:alert(1))",
            "[x](vbscript:msgbox)",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
            "<javascript:alert(1)>",
            "[x]: javascript:alert(1)\n\n[x]",
            &format!("[x](https://a.example/ '{quoted}')"),
            &format!("![{quoted}](https://a.example/)"),
            &format!("```{quoted}\ncode\n```"),
            "# h {onclick=alert(1) #id .class}",
            "</div></article><form action=/fn/log_out method=post><button>",
            "<style>*{display:none}</style>",
            "<a href=/ style='position:fixed'>x</a>",
            "https://a.example/'onmouseover='alert(1)",
            "https://a.example/\"onmouseover=\"alert(1)",
            "| a |\n|:-:|\n| <script>alert(1)</script> |",
        ] {
            let html = render(hostile, 2);
            let tags = html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default());
            for tag in tags {
                let tag = tag.to_lowercase();
                let name =
                    tag.trim_start_matches('/').split([' ', '\n']).next().unwrap_or_default();
                let is_plain = !["script", "img", "svg", "iframe", "form", "button", "style", "b"]
                    .contains(&name);
                assert!(is_plain, "{hostile} gave {html}");
                // A text between quotes is a value and no attribute.
                let outside: String = tag.split('"').step_by(2).collect();
                assert!(!outside.contains("on") || name == "strong", "{hostile} gave {html}");
                assert!(
                    !outside.contains("style") && !outside.contains(" id"),
                    "{hostile} gave {html}"
                );
                // A scheme is made of letters; what has anything else before its colon is a path of
                // ours.
                for url in tag.split("href=\"").skip(1) {
                    let scheme = url.split(':').next().unwrap_or_default();
                    let is_scheme =
                        scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
                    let is_safe = !is_scheme || ["http", "https", "mailto"].contains(&scheme);
                    assert!(is_safe, "{hostile} gave {html}");
                }
            }
        }
    }

    #[test]
    fn the_second_wall_stands_by_itself() {
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

    #[test]
    fn endless_nesting_comes_out_flat() {
        let opening =
            |html: &str| html.matches("<blockquote>").count() + html.matches("<ul>").count();
        let quotes = render(&format!("{}deep", "> ".repeat(10_000)), 2);
        assert_eq!(opening(&quotes), MAX_DEPTH);
        assert!(quotes.contains("deep"));
        let lists = render(&format!("{}deep", "- ".repeat(10_000)), 2);
        assert!(opening(&lists) <= MAX_DEPTH && lists.contains("deep"));
        for text in ["[", "![", "[x](", "*", "_", "`", "<", "|", "&", "**a *b ", "[[]("] {
            let long = text.repeat(20_000 / text.len());
            // Some of these are rules, which have no text.
            assert!(
                !render(&long, 2).is_empty() && summary(&long).len() <= long.len() + 3,
                "{text}"
            );
        }
    }

    #[test]
    fn a_summary_is_the_text_without_its_syntax() {
        assert_eq!(
            summary("# Rules\n\nSeven **rounds**, see [here](/x).\n\n- a\n- b"),
            "Rules Seven rounds, see here. a b"
        );
        assert_eq!(summary("two\n\n lines "), "two lines");
        assert_eq!(summary("a <b>c</b>"), "a <b>c</b>");
        let cut = summary(&"word ".repeat(100));
        assert!(cut.ends_with("word…"), "{cut}");
        assert!(cut.chars().count() <= SUMMARY, "{cut}");
        let cut = summary(&"競技".repeat(100));
        assert!(cut.starts_with("競技競技") && cut.ends_with('…'), "{cut}");
        assert_eq!(cut.chars().count(), SUMMARY);
    }
}
