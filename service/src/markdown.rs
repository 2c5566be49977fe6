//! Descriptions and sections: Markdown in, safe HTML or plain text out.
//!
//! Line breaks stay, and web addresses become links.
//!
//! Two filters stand between an organizer's text and a visitor's browser. The first creates plain
//! elements only: HTML in the text stays text, and an image that is no uploaded picture becomes a
//! link, so that a page sends no request to another site. The second, ammonia, removes all other
//! elements that the first has missed.

mod bare_link;
mod cleaner;
mod pictures;
mod plain_text;
mod rewriter;

use pulldown_cmark::{Options, Parser, TextMergeStream, html::push_html};

use self::{cleaner::CLEANER, rewriter::Rewriter};
pub use self::{pictures::Pictures, plain_text::summary};
pub(crate) use self::{pictures::named_pictures, plain_text::plain_text};

/// Safe HTML with these pictures. Its topmost headings are of the level `top`, and none below skips
/// a level.
pub fn render(text: &str, top: u8, pictures: &Pictures) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    let rewriter = Rewriter::new(top, pictures);
    push_html(&mut html, rewriter.rewrite(TextMergeStream::new(parse(text))));
    CLEANER.clean(&html).to_string()
}

fn parse(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

#[cfg(test)]
mod tests {
    use super::{
        rewriter::{MAX_DEPTH, TABLE},
        *,
    };

    /// Without pictures.
    fn render(text: &str, top: u8) -> String {
        super::render(text, top, &Pictures::default())
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
}
