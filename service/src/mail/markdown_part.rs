//! The Markdown in a message: what an organizer has written to participants.

use sea_orm::{ConnectionTrait, EntityTrait};

use super::dedup_keys::organizer_message_of;
use crate::{
    Result,
    entity::organizer_message,
    markdown::{self, Pictures},
};

/// Headings of a message start below its subject.
const TOP_HEADING: u8 = 3;

/// A text with Markdown in its middle.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MarkdownPart<'a> {
    pub(super) before: &'a str,
    /// Safe HTML, which loads nothing.
    pub(super) html: String,
    pub(super) after: &'a str,
}

impl<'a> MarkdownPart<'a> {
    /// The parts of a text around paragraphs that are this Markdown. `None` if it has none: the
    /// message of the organizer was edited since.
    pub(super) fn of(text: &'a str, markdown: &str) -> Option<Self> {
        let (before, after) = text.split_once(&format!("\n\n{markdown}\n\n"))?;
        let html = markdown::render(markdown, TOP_HEADING, &Pictures::default());
        Some(Self { before, html, after })
    }
}

/// The Markdown in the message with a dedup key, if it has some.
pub(super) async fn markdown_of(
    db: &impl ConnectionTrait,
    dedup_key: &str,
) -> Result<Option<String>> {
    let Some(id) = organizer_message_of(dedup_key) else { return Ok(None) };
    let found = organizer_message::Entity::find_by_id(id).one(db).await?;
    Ok(found.map(|message| message.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_found_between_empty_lines_only() {
        let text = "Hello a,\n\nAda writes:\n\na\n\nBye";
        let part = MarkdownPart::of(text, "a").unwrap();
        assert_eq!((part.before, part.after), ("Hello a,\n\nAda writes:", "Bye"));
        assert_eq!(part.html, "<p>a</p>\n");
        assert_eq!(MarkdownPart::of(text, "b"), None);
        assert_eq!(MarkdownPart::of(text, "Ada"), None);
    }

    #[test]
    fn html_in_markdown_stays_text_and_pictures_are_links() {
        let markdown = "<script>x</script>\n\n![hall](https://a.example/hall.png)";
        let part = format!("Hi,\n\n{markdown}\n\nBye");
        let html = MarkdownPart::of(&part, markdown).unwrap().html;
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    }
}
