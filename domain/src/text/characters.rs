//! Which characters a text may hold.

use crate::normal_form::{self, is_invisible};

pub(super) fn one_line(label: &str, text: &str, max: usize) -> Result<String, String> {
    let is_bad = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}')
            || turns_text_around(c)
            || is_no_character(c)
    };
    bounded(label, normal_form::line(text), max, is_bad)
}

pub(super) fn paragraphs(label: &str, text: &str, max: usize) -> Result<String, String> {
    let is_bad = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || is_no_character(c);
    bounded(label, normal_form::paragraphs(text), max, is_bad)
}

/// The text, which is in normal form, if it has 1 to `max` characters, something of them can be
/// seen and none is bad.
pub(super) fn bounded(
    label: &str,
    text: String,
    max: usize,
    is_bad: impl Fn(char) -> bool,
) -> Result<String, String> {
    if shows_nothing(&text) {
        Err(format!("{label} must not be blank"))
    } else if text.chars().count() > max {
        Err(format!("{label} must have at most {max} characters"))
    } else if text.contains(is_bad) {
        Err(format!("{label} must not contain control characters"))
    } else {
        Ok(text)
    }
}

/// Whether Unicode promises that the code point will never be a character. XML cannot hold all of
/// them.
pub(super) fn is_no_character(c: char) -> bool {
    let code = u32::from(c);
    matches!(code, 0xFDD0..=0xFDEF) || code & 0xFFFE == 0xFFFE
}

/// Whether the character makes what follows read backwards: the explicit directional formatting
/// characters of Unicode (UAX #9, section 2). Languages that are written from right to left do
/// without.
fn turns_text_around(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

pub(super) fn shows_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

#[cfg(test)]
mod tests {
    use crate::{Description, PersonName, Tag, Title};

    #[test]
    fn text_is_trimmed_and_control_characters_are_refused() {
        assert_eq!(Title::parse("  Code Sprint ").unwrap().as_str(), "Code Sprint");
        assert!(Title::parse("two\nlines").is_err());
        assert!(Title::parse("\u{0}").is_err());
        assert!(Description::parse("two\nlines").is_ok());
        assert!(Description::parse("nul \u{0}").is_err());
        assert!(Title::parse(" \t ").is_err());
    }

    #[test]
    fn invisible_texts_and_directional_formatting_are_rejected() {
        for invisible in ["\u{200B}", "\u{200B} \u{2060}", "\u{FEFF}\u{AD}", "\u{3164}"] {
            assert!(Title::parse(invisible).is_err(), "{invisible:?}");
            assert!(Description::parse(invisible).is_err(), "{invisible:?}");
            assert!(PersonName::parse(invisible).is_err(), "{invisible:?}");
        }
        for backwards in ["\u{202E}live", "a\u{2066}b"] {
            assert!(Title::parse(backwards).is_err(), "{backwards:?}");
            assert!(PersonName::parse(backwards).is_err(), "{backwards:?}");
        }
        for good in ["שלום", "👩\u{200D}💻", "می\u{200C}خواهم", "❤\u{FE0F}"] {
            assert_eq!(Title::parse(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn a_line_break_of_any_kind_is_refused_in_one_line_and_kept_in_a_description() {
        for c in ['\n', '\r', '\u{85}', '\u{B}', '\u{2028}', '\u{2029}'] {
            assert!(Title::parse(&format!("two{c}lines")).is_err(), "{c:?}");
            assert!(Tag::parse(&format!("two{c}lines")).is_err(), "{c:?}");
        }
        assert_eq!(
            Description::parse("two\r\nlines\u{2028}more").unwrap().as_str(),
            "two\nlines\nmore"
        );
        for c in ['\u{FFFE}', '\u{FDD0}', '\u{10FFFF}', '\u{85}'] {
            assert!(Description::parse(&format!("no {c} here")).is_err(), "{c:?}");
        }
    }

    #[test]
    fn lengths_are_counted_in_characters_of_the_normal_form() {
        assert!(Title::parse(&"e\u{301}".repeat(200)).is_ok(), "composed to 200");
        assert!(Title::parse(&"😀".repeat(200)).is_ok());
        assert!(Title::parse(&"x".repeat(201)).is_err());
        let lines = "x\r\n".repeat(5_000);
        assert!(
            Description::parse(&lines).is_ok(),
            "a form sends two characters for each line end"
        );
    }
}
