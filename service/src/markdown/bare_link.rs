//! Web addresses in a text that no brackets mark as links.

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Text(&'a str),
    Link(&'a str),
}

/// The parts of a text, in order. A link begins with `http://` or `https://`, and ends at a blank
/// or before the punctuation of the sentence around it.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    // What is before `begin` is in `parts`, and no link begins before `from`.
    let (mut begin, mut from) = (0, 0);
    while let Some(at) = text[from..].find("http").map(|at| from + at) {
        let length = match text[..at].chars().next_back() {
            Some(before) if before.is_alphanumeric() => 0,
            _ => length(&text[at..]),
        };
        if length == 0 {
            from = at + "http".len();
            continue;
        }
        if begin < at {
            parts.push(Part::Text(&text[begin..at]));
        }
        parts.push(Part::Link(&text[at..at + length]));
        begin = at + length;
        from = begin;
    }
    if begin < text.len() {
        parts.push(Part::Text(&text[begin..]));
    }
    parts
}

/// The length of the link that a text begins with; 0 if it begins with none.
fn length(text: &str) -> usize {
    let schemes = ["https://", "http://"];
    let Some(scheme) = schemes.into_iter().find(|scheme| text.starts_with(scheme)) else {
        return 0;
    };
    let is_end = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`');
    let mut link = &text[..text.find(is_end).unwrap_or(text.len())];
    while let Some(last) = link.chars().next_back() {
        let is_punctuation = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' | '“' | '”' => {
                true
            }
            ')' => link.matches(')').count() > link.matches('(').count(),
            ']' => link.matches(']').count() > link.matches('[').count(),
            _ => false,
        };
        if !is_punctuation {
            break;
        }
        link = &link[..link.len() - last.len_utf8()];
    }
    let begins = |c: char| c.is_alphanumeric() || c == '[';
    if link[scheme.len().min(link.len())..].starts_with(begins) { link.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::{Part::*, *};

    #[test]
    fn a_link_ends_before_the_punctuation_around_it() {
        let link = "https://a.example/x?y=1#z";
        for (before, after) in
            [("", ""), ("See ", "."), ("(", ")"), ("(at ", "), then"), ("\u{201C}", "\u{201D}!")]
        {
            let text = format!("{before}{link}{after}");
            let expected: Vec<_> = [Text(before), Link(link), Text(after)]
                .into_iter()
                .filter(|part| *part != Text(""))
                .collect();
            assert_eq!(parts(&text), expected, "{text}");
        }
        assert_eq!(parts("https://a.example/b_(c)"), [Link("https://a.example/b_(c)")]);
        assert_eq!(
            parts("http://a.example and https://b.example"),
            [Link("http://a.example"), Text(" and "), Link("https://b.example")]
        );
    }

    #[test]
    fn a_text_without_a_web_address_is_one_part() {
        for text in ["http", "https://", "https:// a", "https://.", "xhttps://a.example", "http:/a"]
        {
            assert_eq!(parts(text), [Text(text)], "{text}");
        }
        assert_eq!(parts(""), []);
    }
}
