//! The fonts of pictures: ours, and those of the machine for other scripts.

use std::{
    collections::HashSet,
    sync::{Arc, LazyLock},
};

use resvg::usvg::{
    Options,
    fontdb::{Database, Source},
};
use skrifa::{FontRef, MetadataProvider};
use unicode_normalization::char::is_combining_mark;

const OURS: [&[u8]; 3] = [
    include_bytes!("../../fonts/bricolage-grotesque-700.ttf"),
    include_bytes!("../../fonts/figtree-500.ttf"),
    include_bytes!("../../fonts/figtree-500-latin-extended.ttf"),
];

struct Fonts {
    database: Arc<Database>,
    /// The characters that any of them has.
    characters: HashSet<char>,
}

static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let mut database = Database::new();
    for font in OURS {
        database.load_font_source(Source::Binary(Arc::new(font)));
    }
    // Tests have the same fonts on every machine.
    if cfg!(not(test)) {
        database.load_system_fonts();
    }
    let mut characters = HashSet::new();
    for face in database.faces() {
        database.with_face_data(face.id, |data, index| {
            if let Ok(font) = FontRef::from_index(data, index) {
                let mapped = font.charmap().mappings().map(|(code, _)| code);
                characters.extend(mapped.filter_map(char::from_u32));
            }
        });
    }
    Fonts { database: Arc::new(database), characters }
});

/// How text is drawn.
pub(super) fn options() -> Options<'static> {
    Options { fontdb: Arc::clone(&FONTS.database), ..Options::default() }
}

/// The text without the signs that no font has: emoji, often. `None` if a letter, a digit or a mark
/// on a letter is among them, because the text would say something else.
pub(super) fn drawable(text: &str) -> Option<String> {
    let mut known = String::new();
    for c in text.chars() {
        let follows_letter = known.chars().next_back().is_some_and(char::is_alphabetic);
        // A joiner has no glyph: it shapes the letters beside it, or an emoji.
        let is_joiner = matches!(c, '\u{200C}' | '\u{200D}');
        let chooses_look = matches!(c, '\u{FE00}'..='\u{FE0F}');
        if c.is_whitespace() || FONTS.characters.contains(&c) || (is_joiner && follows_letter) {
            known.push(c);
        } else if c.is_alphanumeric() || (is_combining_mark(c) && !chooses_look) {
            return None;
        }
    }
    let words: Vec<_> = known.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_loses_signs_that_no_font_has_but_never_letters() {
        assert_eq!(drawable("Łódź Open 2026").as_deref(), Some("Łódź Open 2026"));
        assert_eq!(drawable("Go \u{1F469}\u{200D}\u{1F4BB} now").as_deref(), Some("Go now"));
        assert_eq!(drawable("Chess \u{265F}\u{FE0F}").as_deref(), Some("Chess"));
        assert_eq!(drawable("\u{1F469}"), None);
        assert_eq!(drawable("Sumer \u{12000}"), None);
        assert_eq!(drawable("o\u{0316}"), None, "a mark below");
    }
}
