//! The HTML part of a mail, made of its text part when it is sent.

use askama::Template;

use super::{
    spans::{Span, spans},
    templates::render,
};

/// Plain HTML with inline styles, that loads nothing and inherits the colours of the mail program.
#[derive(Template)]
#[template(path = "mail/layout.html")]
struct Layout<'a> {
    subject: &'a str,
    paragraphs: Vec<Vec<Vec<Span<'a>>>>,
}

/// The text as HTML. Empty lines separate paragraphs. Addresses below `site` that stand between
/// blanks are links; other addresses stay text, so that no words of a user become a link.
pub(crate) fn html_part(site: &str, subject: &str, text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    let paragraphs = lines.split(|line| line.trim().is_empty()).filter(|lines| !lines.is_empty());
    let paragraphs =
        paragraphs.map(|lines| lines.iter().map(|line| spans(site, line)).collect()).collect();
    render(&Layout { subject, paragraphs })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "https://site.example/";

    fn body_of(html: &str) -> &str {
        let (_, body) = html.split_once("<body").unwrap();
        body.split_once(">\n").unwrap().1.split_once("\n</body>").unwrap().0
    }

    #[test]
    fn text_is_escaped_in_title_and_paragraphs() {
        let html = html_part(SITE, "<b>x</b> & \"y\"", "Hello <b>x</b> & \"y\",\n\n'z'");
        let escaped = "&#60;b&#62;x&#60;/b&#62; &#38; &#34;y&#34;";
        assert!(html.contains(&format!("<title>{escaped}</title>")), "{html}");
        let expected =
            format!("<p dir=\"auto\">Hello {escaped},</p>\n<p dir=\"auto\">&#39;z&#39;</p>");
        assert_eq!(body_of(&html), expected);
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
}
