//! The HTML part of a mail, made of its text part when it is sent.

use askama::Template;

use super::{
    markdown_part::MarkdownPart,
    spans::{Span, spans},
    templates::render,
};

/// Plain HTML with inline styles, that loads nothing. Text has the colours of the mail program,
/// light or dark; buttons have their own.
#[derive(Template)]
#[template(path = "mail/layout.html")]
struct Layout<'a> {
    subject: &'a str,
    blocks: Vec<Block<'a>>,
    site: &'a str,
}

/// A part of a text between empty lines.
#[derive(Debug, PartialEq, Eq)]
enum Block<'a> {
    /// Its lines in pieces.
    Paragraph(Vec<Vec<Span<'a>>>),
    /// Lines that are each followed by an address of the site and nothing else.
    Buttons(Vec<Button<'a>>),
    /// Safe HTML.
    Html(String),
}

/// A link that stands out.
#[derive(Debug, PartialEq, Eq)]
struct Button<'a> {
    label: &'a str,
    address: &'a str,
}

/// The text as HTML. Empty lines separate paragraphs. Addresses below `site` that stand between
/// blanks are links, and buttons where they are a line below one that ends in a colon; other
/// addresses stay text, so that no words of a user become a link. What an organizer has written is
/// `markdown` in the text.
pub(crate) fn html_part(site: &str, subject: &str, text: &str, markdown: Option<&str>) -> String {
    let blocks = match markdown.and_then(|markdown| MarkdownPart::of(text, markdown)) {
        Some(MarkdownPart { before, html, after }) => {
            let (before, after) = (blocks(site, before), blocks(site, after));
            before.chain([Block::Html(html)]).chain(after).collect()
        }
        None => blocks(site, text).collect(),
    };
    render(&Layout { subject, blocks, site })
}

fn blocks<'a>(site: &str, text: &'a str) -> impl Iterator<Item = Block<'a>> {
    let lines: Vec<_> = text.lines().collect();
    let blocks = lines.split(|line| line.trim().is_empty()).filter(|lines| !lines.is_empty());
    blocks.map(|lines| Block::of(site, lines)).collect::<Vec<_>>().into_iter()
}

impl<'a> Block<'a> {
    fn of(site: &str, lines: &[&'a str]) -> Self {
        let buttons: Option<_> = lines.chunks(2).map(|pair| Button::of(site, pair)).collect();
        match buttons {
            Some(buttons) => Self::Buttons(buttons),
            None => Self::Paragraph(lines.iter().map(|line| spans(site, line)).collect()),
        }
    }
}

impl<'a> Button<'a> {
    fn of(site: &str, lines: &[&'a str]) -> Option<Self> {
        let [label, address] = *lines else { return None };
        let label = label.strip_suffix(':')?;
        matches!(spans(site, address)[..], [Span::Link(_)]).then_some(Self { label, address })
    }
}

#[cfg(test)]
mod tests {
    const SITE: &str = "https://site.example/";

    /// Of a text without Markdown.
    fn html_part(site: &str, subject: &str, text: &str) -> String {
        super::html_part(site, subject, text, None)
    }

    /// What is between the name of the site and the line that names its address.
    fn body_of(html: &str) -> &str {
        let (_, body) = html.split_once("Mini Compete</p>\n").unwrap();
        body.split_once("\n<p style=\"margin: 2em").unwrap().0
    }

    #[test]
    fn text_is_escaped_in_title_paragraphs_and_buttons() {
        let text = "Hello <b>x</b> & \"y\",\n\n'z'\n\n<i>:\nhttps://site.example/?a&b=\"c";
        let html = html_part(SITE, "<b>x</b> & \"y\"", text);
        let escaped = "&#60;b&#62;x&#60;/b&#62; &#38; &#34;y&#34;";
        assert!(html.contains(&format!("<title>{escaped}</title>")), "{html}");
        let expected =
            format!("<p dir=\"auto\">Hello {escaped},</p>\n<p dir=\"auto\">&#39;z&#39;</p>\n");
        let body = body_of(&html);
        assert!(body.starts_with(&expected), "{body}");
        assert!(body.contains("<a href=\"https://site.example/?a&#38;b=&#34;c\" style="), "{body}");
        assert!(body.ends_with(">&#60;i&#62;</a>\n</p>"), "{body}");
    }

    #[test]
    fn empty_lines_separate_paragraphs_and_line_breaks_stay() {
        let html = html_part(SITE, "s", "\na\r\nb\n\n\n \nc  d\n");
        assert_eq!(body_of(&html), "<p dir=\"auto\">a<br>b</p>\n<p dir=\"auto\">c  d</p>");
    }

    #[test]
    fn only_addresses_of_the_site_are_links() {
        let html = html_part(SITE, "s", "see https://site.example/a?b=1&c=\"2 or");
        let address = "https://site.example/a?b=1&#38;c=&#34;2";
        let expected = format!("<p dir=\"auto\">see <a href=\"{address}\">{address}</a> or</p>");
        assert_eq!(body_of(&html), expected);
        for text in ["https://evil.example/", "https://site.example.evil/", "javascript:alert(1)"] {
            assert_eq!(body_of(&html_part(SITE, "s", text)), format!("<p dir=\"auto\">{text}</p>"));
        }
    }

    #[test]
    fn only_lines_that_all_name_an_address_of_the_site_are_buttons() {
        let buttons = |text: &str| html_part(SITE, "s", text).matches("inline-block").count();
        let (first, second) = ("See it:\nhttps://site.example/a", "Leave:\nhttps://site.example/b");
        assert_eq!(buttons(first), 1);
        assert_eq!(buttons(&format!("{first}\n{second}")), 2);
        for text in [
            "See it:\nhttps://evil.example/a",
            "See it\nhttps://site.example/a",
            "See it:\nhttps://site.example/a now",
            "See it:",
            "See it:\nhttps://site.example/a\nor not",
        ] {
            assert_eq!(buttons(text), 0, "{text}");
        }
    }

    #[test]
    fn what_an_organizer_has_written_is_html_between_the_paragraphs() {
        let markdown = "**Bring** a laptop:\n\n- charged";
        let text = format!("Hello <Grace>,\n\n{markdown}\n\nSee it:\nhttps://site.example/a");
        let html = super::html_part(SITE, "s", &text, Some(markdown));
        let body = body_of(&html);
        assert!(body.starts_with("<p dir=\"auto\">Hello &#60;Grace&#62;,</p>\n<div "), "{body}");
        let written = "<p><strong>Bring</strong> a laptop:</p>\n<ul>\n<li>charged</li>\n</ul>";
        assert!(body.contains(written) && body.contains("inline-block"), "{body}");
    }
}
