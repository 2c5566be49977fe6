//! The normal form in which texts are stored and compared.
//!
//! The same word can be written in several ways: `é` as one character or as two, with invisible
//! characters, with different line ends. Texts that look the same are stored as the same text, so
//! that they are found and compared independently of keyboards and databases.

#[cfg(not(target_arch = "wasm32"))]
use unicode_normalization::UnicodeNormalization;

/// A text on one line: composed (NFC), without invisible characters, without surrounding blanks.
pub(crate) fn line(text: &str) -> String {
    let text = nfc(text);
    let is_rtl = text.chars().any(reads_from_the_right);
    let is_noise = |c| is_noise(c) || (is_direction_mark(c) && !is_rtl);
    nfc(&without(&text, is_noise)).trim().to_owned()
}

/// A text of several lines: composed (NFC), lines end with `\n`, without surrounding blanks.
/// Characters that guide where a line may break stay.
pub(crate) fn paragraphs(text: &str) -> String {
    let text = nfc(text).replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let is_noise = |c| matches!(c, '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}');
    nfc(&without(&text, is_noise)).trim().to_owned()
}

/// The form of searched texts and of search words: [`line`] in lower case, with plain blanks. Line
/// ends stay.
pub fn searchable(text: &str) -> String {
    let plain = |c: char| if c.is_whitespace() && c != '\n' { ' ' } else { c };
    lower(&line(text).chars().map(plain).collect::<String>())
}

/// The form in which two texts are compared without their case. Databases do not agree on it:
/// SQLite's `lower` knows ASCII only, PostgreSQL's knows what its locale knows.
pub(crate) fn lower(text: &str) -> String {
    nfc(&text.to_lowercase())
}

/// A password as it is hashed (RFC 8265, `OpaqueString`): composed, and every blank is U+0020.
/// Nothing is trimmed.
pub(crate) fn password(text: &str) -> String {
    let plain = |c: char| if c.is_whitespace() && !c.is_ascii() { ' ' } else { c };
    nfc(&nfc(text).chars().map(plain).collect::<String>())
}

/// Composed (NFC). Only the server composes: the tables are too large for the browser.
fn nfc(text: &str) -> String {
    #[cfg(not(target_arch = "wasm32"))]
    {
        if text.is_ascii() { text.to_owned() } else { text.nfc().collect() }
    }
    #[cfg(target_arch = "wasm32")]
    {
        text.to_owned()
    }
}

/// The text without invisible characters, and without joiners, selectors and tags that have no
/// effect.
fn without(text: &str, is_noise: impl Fn(char) -> bool) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut last = None;
    let mut in_flag = false;
    for c in text.chars() {
        let keeps = match c {
            // They shape the letters of Persian and Indian scripts, and combine emoji; ASCII needs
            // none.
            '\u{200C}' | '\u{200D}' => last.is_some_and(|last: char| {
                !last.is_ascii()
                    && !last.is_whitespace()
                    && !matches!(last, '\u{200C}' | '\u{200D}')
            }),
            // `❤` in colour, `1` as a keycap.
            _ if is_selector(c) => last.is_some_and(|last: char| {
                let is_base = !last.is_ascii() && !last.is_whitespace() && !is_selector(last);
                is_base || matches!(last, '0'..='9' | '#' | '*')
            }),
            // The flags of England, Scotland and Wales are a black flag and the letters of their
            // names.
            '\u{E0020}'..='\u{E007F}' => in_flag,
            c => !is_noise(c),
        };
        if keeps {
            in_flag = c == '\u{1F3F4}' || (in_flag && matches!(c, '\u{E0020}'..='\u{E007E}'));
            last = Some(c);
            kept.push(c);
        }
    }
    kept
}

/// Chooses how the character before it looks.
fn is_selector(c: char) -> bool {
    matches!(
        c,
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' | '\u{180B}'..='\u{180D}' | '\u{180F}'
    )
}

/// Whether a character is invisible, or formats texts of several lines.
fn is_noise(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}' | '\u{200B}'
            | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E001F}' | '\u{E0080}'..='\u{E00FF}'
            | '\u{E01F0}'..='\u{E0FFF}'
    )
}

/// Puts punctuation to the right side of a word in texts that are written in both directions.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{61C}')
}

/// Letters of Hebrew, Arabic and their neighbours.
fn reads_from_the_right(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{61B}' | '\u{61D}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}'
    )
}

/// Whether the character is invisible by itself: the assigned `Default_Ignorable_Code_Point`s of
/// Unicode.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_that_look_the_same_are_equal() {
        for (text, expected) in [
            ("Cafe\u{301}", "Café"),
            ("Cafe\u{200B}\u{301}", "Café"),
            ("\u{FEFF} Code\u{AD} Sp\u{200B}rint\u{2060} ", "Code Sprint"),
            ("\u{212B}ngstro\u{308}m", "Ångström"),
            ("ru\u{200D}st\u{200C}", "rust"),
            ("\u{FE0F}lone", "lone"),
            ("hid\u{E0068}\u{E0069}den", "hidden"),
            ("C++\u{200E}", "C++"),
        ] {
            assert_eq!(line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn characters_that_scripts_and_emoji_need_are_kept() {
        for text in [
            "می\u{200C}خواهم",
            "ന്\u{200D}",
            "👩\u{200D}💻",
            "❤\u{FE0F}\u{200D}🔥",
            "1\u{FE0F}\u{20E3}",
            "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            "שלום C++\u{200F}",
            "葛\u{E0100}",
        ] {
            assert_eq!(line(text), text, "{text:?}");
        }
    }

    #[test]
    fn line_ends_are_unified() {
        assert_eq!(paragraphs("\u{FEFF}a\r\nb\rc\u{2028}d\u{2029}e\n"), "a\nb\nc\nd\ne");
        assert_eq!(paragraphs("ยาว\u{200B}มาก"), "ยาว\u{200B}มาก", "a line may break there");
    }

    #[test]
    fn a_search_is_independent_of_the_normal_form() {
        assert_eq!(searchable("CAFE\u{301}\u{A0}Night"), "café night");
        assert_eq!(searchable("İ"), searchable("i\u{307}"));
    }

    #[test]
    fn a_password_keeps_its_blanks() {
        assert_eq!(password(" pa\u{308}ss\u{3000}wort "), " päss wort ");
    }

    proptest! {
        #[test]
        fn a_normal_form_is_its_own_normal_form(text in any_text()) {
            for form in [line, paragraphs, searchable, lower, password] {
                let once = form(&text);
                prop_assert_eq!(form(&once), once);
            }
        }
    }

    /// Letters, marks, blanks and what shows nothing, thrown together.
    fn any_text() -> impl Strategy<Value = String> {
        let tricky = prop_oneof![
            Just('e'),
            Just('\u{301}'),
            Just('\u{307}'),
            Just('İ'),
            Just('ς'),
            Just('\u{212A}'),
            Just('\u{200B}'),
            Just('\u{200C}'),
            Just('\u{200D}'),
            Just('\u{200E}'),
            Just('\u{FE0F}'),
            Just('\u{1F3F4}'),
            Just('\u{E0067}'),
            Just('\u{E007F}'),
            Just('\u{FEFF}'),
            Just('ש'),
            Just(' '),
            Just('\u{3000}'),
            Just('\r'),
            Just('\n'),
            Just('\u{2028}'),
            Just('#'),
        ];
        proptest::collection::vec(prop_oneof![3 => tricky, 1 => any::<char>()], 0..24)
            .prop_map(|chars| chars.into_iter().collect())
    }
}
