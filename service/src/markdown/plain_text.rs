//! Markdown as plain text.

use pulldown_cmark::{Event, TagEnd};

use super::parse;

/// Longest plain text of a description, in characters.
const SUMMARY: usize = 160;

/// The beginning of a description as plain text, cut between words; in languages without spaces,
/// within one.
pub fn summary(text: &str) -> String {
    let mut summary = String::new();
    let mut length = 0;
    // An inline element does not part words, a block does.
    let words = plain_text(text);
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

/// The text without its syntax, and without the addresses of its links and pictures.
pub(crate) fn plain_text(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

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
