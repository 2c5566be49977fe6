//! The links in the text of a message.

use crate::Context;

/// Plain text in pieces, with whether each is a link to a page of this site. No two pieces of text
/// follow each other.
pub type LinkedText = Vec<(String, bool)>;

/// A piece of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Span<'a> {
    Text(&'a str),
    Link(&'a str),
}

/// The pieces of a line. Addresses below `site` that stand between blanks are links; other
/// addresses stay text, so that no words of a user become a link.
pub(super) fn spans<'a>(site: &str, line: &'a str) -> Vec<Span<'a>> {
    let span = |part: &'a str| {
        if part.starts_with(site) { Span::Link(part) } else { Span::Text(part) }
    };
    line.split_inclusive(' ')
        .flat_map(|word| {
            let bare = word.trim_end_matches(' ');
            [span(bare), Span::Text(&word[bare.len()..])]
        })
        .filter(|span| *span != Span::Text(""))
        .collect()
}

/// The text of a message in pieces.
pub(super) fn linked_text(ctx: &Context, text: &str) -> LinkedText {
    let site = ctx.page("/");
    let mut pieces = LinkedText::new();
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\r', '\n']);
        for span in spans(&site, bare).into_iter().chain([Span::Text(&line[bare.len()..])]) {
            match (span, pieces.last_mut()) {
                (Span::Link(url), _) => pieces.push((url.to_owned(), true)),
                (Span::Text(text), Some((before, false))) => before.push_str(text),
                (Span::Text(""), _) => {}
                (Span::Text(text), _) => pieces.push((text.to_owned(), false)),
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn only_addresses_of_the_site_are_links_in_the_text_of_a_message() {
        let world = World::new().await;
        let site = world.ctx.page("/");
        let text = format!("Open it:\n{site}a?b=1\n\nsee https://evil.example and {site}c now\n");
        let pieces = linked_text(&world.ctx, &text);
        assert_eq!(pieces.iter().map(|(piece, _)| &**piece).collect::<String>(), text);
        let links: Vec<_> =
            pieces.iter().filter(|(_, is_link)| *is_link).map(|(url, _)| &**url).collect();
        assert_eq!(links, [format!("{site}a?b=1"), format!("{site}c")]);
        assert_eq!(pieces.len(), 5, "{pieces:?}");
    }
}
