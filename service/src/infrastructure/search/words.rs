//! The words of a text, in the form in which they are indexed and searched: without case, accents
//! and plurals. The application folds them, so that both databases find the same.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The longest word, in characters; the rest is cut off.
const LONGEST: usize = 40;

/// What is written without a blank in between: `chess`, or `e-sports` with two parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Compound {
    /// Letters and digits, not empty; each part but the last is as it is written.
    parts: Vec<String>,
}

impl Compound {
    /// Its parts as words.
    pub(crate) fn parts(&self) -> Vec<String> {
        self.parts.iter().map(|part| singular(part)).collect()
    }

    /// All of it as one word: `esport`.
    pub(crate) fn joined(&self) -> String {
        singular(&self.parts.concat())
    }
}

/// The compounds of a text, in order.
pub(crate) fn compounds(text: &str) -> Vec<Compound> {
    let mut found = Vec::new();
    let (mut current, mut part) = (Compound::default(), String::new());
    let end_part = |current: &mut Compound, part: &mut String| {
        if !part.is_empty() {
            current.parts.push(std::mem::take(part));
        }
    };
    let mut end = |current: &mut Compound| {
        if !current.parts.is_empty() {
            found.push(std::mem::take(current));
        }
    };
    for c in folded(text).chars() {
        if is_word_by_itself(c) {
            end_part(&mut current, &mut part);
            end(&mut current);
            current.parts.push(c.to_string());
            end(&mut current);
        } else if c.is_alphanumeric() {
            part.push(c);
        } else {
            // A second joiner, or one behind a blank, ends the compound.
            let joins = is_joiner(c) && !part.is_empty();
            end_part(&mut current, &mut part);
            if !joins {
                end(&mut current);
            }
        }
    }
    end_part(&mut current, &mut part);
    end(&mut current);
    found
}

/// The words to index a text by, each once: the parts of each compound, and the compound as a
/// whole.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<_> = compounds(text)
        .iter()
        .flat_map(|compound| compound.parts().into_iter().chain([compound.joined()]))
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Lower case, without accents, and with letters that have none in their plain form.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ħ' => folded.push('h'),
            // The dot above a Turkish İ in lower case.
            c if is_combining_mark(c) => {}
            c => folded.push(c),
        }
    }
    folded
}

/// A hyphen, an apostrophe, or the point in `node.js`.
fn is_joiner(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\'' | '\u{2019}' | '\u{2bc}' | '`' | '.')
}

/// Whether a character is a word in a script without blanks: Han, Hiragana, Katakana.
fn is_word_by_itself(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The word without the ending of an English plural. It need not be a word: the same is done to the
/// words that are searched.
fn singular(word: &str) -> String {
    let word: String = word.chars().take(LONGEST).collect();
    if word.len() <= 3 {
        return word;
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "zes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_no_case_accents_or_plurals() {
        for (text, expected) in [
            ("Code SPRINTS", &["code", "sprint"][..]),
            ("José Garci\u{301}a", &["garcia", "jose"]),
            ("Straße Łódź Ærø Müller", &["aero", "lodz", "muller", "strasse"]),
            ("companies, classes; matches! boxes?", &["box", "class", "company", "match"]),
            ("chess tennis bus", &["bus", "chess", "tennis"]),
            ("İstanbul ıssız", &["issiz", "istanbul"]),
            ("将棋 大会", &["会", "大", "将", "棋"]),
            ("  \u{1f389} --- '' ", &[]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn a_compound_is_indexed_by_its_parts_and_as_a_whole() {
        assert_eq!(words("E-Sports"), ["e", "esport", "sport"]);
        assert_eq!(words("O’Brien's"), ["brien", "o", "obrien", "s"]);
        assert_eq!(words("node.js."), ["js", "node", "nodej"]);
        assert_eq!(words("- -chess--club-"), ["chess", "club"]);
    }
}
