//! Breaking text into lines that fit.

use std::fmt::Write as _;

use html_escape::encode_text;
use resvg::usvg::Tree;
use unicode_segmentation::UnicodeSegmentation;

use super::fonts;

/// A font of ours.
#[derive(Clone, Copy, Debug)]
pub(super) enum Face {
    /// For titles.
    Title,
    /// For everything else.
    Text,
}

impl Face {
    /// The attributes of a text.
    pub(super) fn attributes(self) -> &'static str {
        match self {
            Self::Title => "font-family=\"Bricolage Grotesque\" font-weight=\"700\"",
            Self::Text => "font-family=\"Figtree\" font-weight=\"500\"",
        }
    }
}

/// The size at which texts are measured.
const MEASURED: f32 = 100.0;
/// The width of a space, and of an ellipsis, in sizes.
const SPACE: f32 = 0.25;
const ELLIPSIS: f32 = 1.0;

/// A text whose words are measured. Widths are in sizes of the font.
#[derive(Debug)]
pub(super) struct Measured {
    words: Vec<Word>,
}

#[derive(Debug)]
struct Word {
    text: String,
    width: f32,
    /// Of a word that may be wider than a line: its graphemes.
    graphemes: Vec<(String, f32)>,
}

impl Measured {
    /// Measures a text for lines of at least `narrowest` sizes.
    pub(super) fn new(face: Face, text: &str, narrowest: f32) -> Self {
        let texts: Vec<&str> = text.split_whitespace().collect();
        let words = texts.iter().zip(widths(face, &texts)).map(|(text, width)| {
            let graphemes = if width > narrowest {
                let parts: Vec<&str> = text.graphemes(true).collect();
                let widths = widths(face, &parts);
                parts.into_iter().map(str::to_owned).zip(widths).collect()
            } else {
                Vec::new()
            };
            Word { text: (*text).to_owned(), width, graphemes }
        });
        Self { words: words.collect() }
    }

    /// Lines of at most `width` sizes, at most `most` of them; `None` if the text needs more. A
    /// word that is wider than a line is broken.
    pub(super) fn lines(&self, width: f32, most: usize) -> Option<Vec<String>> {
        let (lines, is_whole) = self.fill(|_| width, most);
        is_whole.then_some(lines)
    }

    /// The same, with an ellipsis in place of what does not fit.
    pub(super) fn cut(&self, width: f32, most: usize) -> Vec<String> {
        self.lines(width, most).unwrap_or_else(|| {
            let last = most.saturating_sub(1);
            let room = |line| if line == last { width - ELLIPSIS } else { width };
            let (mut lines, _) = self.fill(room, most);
            if let Some(line) = lines.last_mut() {
                line.push('…');
            }
            lines
        })
    }

    /// The first `most` lines, and whether they have the whole text.
    fn fill(&self, width: impl Fn(usize) -> f32, most: usize) -> (Vec<String>, bool) {
        let mut lines: Vec<String> = Vec::new();
        let mut used = 0.0;
        for word in &self.words {
            let mut is_first = true;
            for (text, wide) in word.parts(width(lines.len())) {
                // Only the first part of a broken word may stand behind another word.
                let gap = if is_first { SPACE } else { f32::INFINITY };
                is_first = false;
                let room = lines.len().checked_sub(1).map_or(0.0, &width);
                if let Some(line) = lines.last_mut()
                    && used + gap + wide <= room
                {
                    line.push(' ');
                    line.push_str(&text);
                    used += gap + wide;
                } else if lines.len() == most {
                    return (lines, false);
                } else {
                    lines.push(text);
                    used = wide;
                }
            }
        }
        (lines, true)
    }
}

impl Word {
    /// The word in parts that are no wider than a line.
    fn parts(&self, line: f32) -> Vec<(String, f32)> {
        if self.width <= line {
            return vec![(self.text.clone(), self.width)];
        }
        let mut parts: Vec<(String, f32)> = Vec::new();
        for (grapheme, wide) in &self.graphemes {
            match parts.last_mut() {
                Some((part, used)) if *used + wide <= line => {
                    part.push_str(grapheme);
                    *used += wide;
                }
                _ => parts.push((grapheme.clone(), *wide)),
            }
        }
        parts
    }
}

/// The widths of texts, in sizes. They are drawn to be measured, because the glyphs may be of
/// several fonts.
fn widths(face: Face, texts: &[&str]) -> Vec<f32> {
    let mut svg = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\">");
    for (number, text) in texts.iter().enumerate() {
        let (face, text) = (face.attributes(), encode_text(text));
        write!(
            svg,
            "<text id=\"t{number}\" y=\"100\" font-size=\"{MEASURED}\" {face}>{text}</text>"
        )
        .expect("writing to a string cannot fail");
    }
    svg += "</svg>";
    let tree = Tree::from_str(&svg, &fonts::options());
    let width = |number| {
        let node = tree.as_ref().ok()?.node_by_id(&format!("t{number}"))?;
        Some(node.abs_bounding_box().width() / MEASURED)
    };
    (0..texts.len()).map(|number| width(number).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Breaks a title into lines of eight sizes, and checks that each fits.
    fn broken(title: &str) -> Vec<String> {
        let lines = Measured::new(Face::Title, title, 8.0).lines(8.0, 99).unwrap();
        let texts: Vec<&str> = lines.iter().map(|line| &**line).collect();
        for (line, width) in texts.iter().zip(widths(Face::Title, &texts)) {
            assert!(width <= 8.2, "{line}: {width}");
        }
        lines
    }

    #[test]
    fn lines_hold_all_words_and_are_no_wider_than_allowed() {
        let title = "The Grand International Open Championship of Competitive Programming";
        let lines = broken(title);
        assert_eq!(lines.join(" "), title);
        assert!(lines.len() > 2, "{lines:?}");
        assert_eq!(Measured::new(Face::Title, title, 8.0).lines(8.0, 2), None);
    }

    #[test]
    fn a_word_that_is_wider_than_a_line_is_broken_by_the_widths_of_its_letters() {
        let (narrow, wide) = ("i".repeat(40), "W".repeat(40));
        for word in
            ["Donaudampfschifffahrtsgesellschaftskapitänswettbewerb", &format!("{narrow}{wide}")]
        {
            let lines = broken(word);
            assert!(lines.len() > 2, "{lines:?}");
            assert_eq!(lines.concat(), word);
        }
    }

    #[test]
    fn a_text_that_is_too_long_ends_with_an_ellipsis() {
        let text = "word ".repeat(80);
        let shown = Measured::new(Face::Text, &text, 10.0).cut(10.0, 2);
        assert_eq!(shown.len(), 2);
        assert!(shown[1].ends_with("word…"), "{shown:?}");
        let one = Measured::new(Face::Text, &"W".repeat(200), 10.0).cut(10.0, 1);
        assert!(one.len() == 1 && one[0].ends_with('…'), "{one:?}");
        assert_eq!(Measured::new(Face::Text, "short", 10.0).cut(10.0, 2), ["short"]);
        assert!(Measured::new(Face::Text, "", 10.0).cut(10.0, 2).is_empty());
    }
}
