//! The pictures of this site in Markdown.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
};

use ammonia::clean_text;
use domain::{Asset, AssetId, PictureWidth};
use pulldown_cmark::{Event, Tag};

use super::parse;

/// The height up to which a picture in a text is shown, in CSS pixels: that of a small screen.
const MAX_HEIGHT: u32 = 640;

/// The pictures that can be shown, with their width and height in pixels.
#[derive(Clone, Debug, Default)]
pub struct Pictures(HashMap<AssetId, (u32, u32)>);

impl FromIterator<Asset> for Pictures {
    fn from_iter<T: IntoIterator<Item = Asset>>(assets: T) -> Self {
        Self(assets.into_iter().map(|asset| (asset.id, (asset.width, asset.height))).collect())
    }
}

/// The pictures of this site that a text names, `![words](/media/{id}/1600.jpg)`, and a width that
/// it names each with.
pub(crate) fn named_pictures(text: &str) -> BTreeMap<AssetId, PictureWidth> {
    let named = |event| match event {
        Event::Start(Tag::Image { dest_url, .. }) => PictureWidth::of_path(&dest_url),
        _ => None,
    };
    parse(text).filter_map(named).collect()
}

/// A picture of this site whose words are being read.
pub(super) struct PictureInText {
    asset: AssetId,
    size: (u32, u32),
    title: String,
    /// The words for those who do not see it.
    alt: String,
    /// The elements that are open in those words.
    depth: usize,
}

impl Pictures {
    /// The picture at an address; `None` if it is none of these.
    pub(super) fn find(&self, url: &str, title: &str) -> Option<PictureInText> {
        let (asset, _) = PictureWidth::of_path(url)?;
        let size = *self.0.get(&asset)?;
        Some(PictureInText { asset, size, title: title.to_owned(), alt: String::new(), depth: 0 })
    }
}

impl PictureInText {
    /// Reads the next event of its words; `true` once they are complete.
    pub(super) fn read_words(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.alt.push_str(text);
            }
            Event::SoftBreak | Event::HardBreak => self.alt.push(' '),
            Event::Start(_) => self.depth += 1,
            Event::End(_) if self.depth == 0 => return true,
            Event::End(_) => self.depth -= 1,
            _ => {}
        }
        false
    }

    /// The element. Its size is set, so that the text does not move when it is loaded. Unless it is
    /// in a link, one that has more details than are shown is a link to them.
    pub(super) fn html(&self, in_link: bool) -> String {
        let (width, height) = self.size;
        // As it is stored at the medium width, and no higher than a screen.
        let side = PictureWidth::Medium.pixels();
        let within = |side: u32, limit: u32| f64::from(limit.min(side)) / f64::from(side.max(1));
        let scale = within(width, side).min(within(height, MAX_HEIGHT));
        let scaled = |side: u32| (f64::from(side) * scale).round();
        let (alt, src) = (clean_text(&self.alt), PictureWidth::Medium.path(self.asset));
        let mut html = format!(
            "<img src=\"{src}\" alt=\"{alt}\" width=\"{}\" height=\"{}\" loading=\"lazy\" \
             decoding=\"async\"",
            scaled(width),
            scaled(height)
        );
        if !self.title.is_empty() {
            _ = write!(html, " title=\"{}\"", clean_text(&self.title));
        }
        html.push('>');
        // A link needs words.
        if in_link || scale >= 1.0 || self.alt.trim().is_empty() {
            return html;
        }
        format!("<a href=\"{}\">{html}</a>", PictureWidth::Large.path(self.asset))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::render, *};

    /// A picture of 2,000 by 1,000 pixels, and its path.
    fn picture() -> (Pictures, String) {
        let id: AssetId = "01939c2e-7b5a-7000-8000-000000000001".parse().unwrap();
        let path = PictureWidth::Large.path(id);
        let created_at = "2026-11-30T12:00:00Z".parse().unwrap();
        let asset = Asset { id, width: 2000, height: 1000, path: path.clone(), created_at };
        (Pictures::from_iter([asset]), path)
    }

    #[test]
    fn an_uploaded_picture_is_shown_with_its_words_and_its_size() {
        let (known, path) = picture();
        let medium = path.replace("1600", "960");
        let image = format!(
            "<img src=\"{medium}\" alt=\"The map\" width=\"960\" height=\"480\" \
             loading=\"lazy\" decoding=\"async\">"
        );
        let rel = "rel=\"external nofollow noopener ugc\"";
        for written in [&path, &medium] {
            assert_eq!(
                render(&format!("![The *map*]({written})"), 2, &known),
                format!("<p><a href=\"{path}\" {rel}>{image}</a></p>\n")
            );
        }
        // A link is one only, and has words.
        let linked = render(&format!("[![The map]({path})](https://a.example)"), 2, &known);
        assert_eq!(linked, format!("<p><a href=\"https://a.example\" {rel}>{image}</a></p>\n"));
        let silent = render(&format!("![]({path} 'Hall 2')"), 2, &known);
        assert!(silent.contains("alt=\"\"") && !silent.contains("<a "), "{silent}");
        assert!(silent.contains("title=\"Hall 2\""), "{silent}");
        let unknown = path.replace("0001/", "0002/");
        let missing = render(&format!("![The map]({unknown})"), 2, &known);
        assert!(missing.contains(">Image: The map</a>"), "{missing}");
    }

    #[test]
    fn a_picture_that_is_high_is_shown_no_higher_than_a_screen_and_a_small_one_as_it_is() {
        let (_, path) = picture();
        let (id, _) = PictureWidth::of_path(&path).unwrap();
        let created_at = "2026-11-30T12:00:00Z".parse().unwrap();
        for (width, height, shown) in [
            (1000, 4000, "width=\"160\" height=\"640\""),
            (480, 200, "width=\"480\" height=\"200\""),
            (1, 1, "width=\"1\" height=\"1\""),
        ] {
            let known =
                Pictures::from_iter([Asset { id, width, height, path: path.clone(), created_at }]);
            let html = render(&format!("![x]({path})"), 2, &known);
            assert!(html.contains(shown), "{html}");
            assert_eq!(html.contains("<a "), height > 640, "{html}");
        }
    }

    #[test]
    fn the_pictures_of_a_text_are_those_that_it_would_show() {
        let (_, path) = picture();
        let (id, _) = PictureWidth::of_path(&path).unwrap();
        for text in [
            format!("![x]({path})"),
            format!("[![x]({path})](https://a.example)"),
            format!("![x][map]\n\n[map]: {path}"),
            format!("> - ![x](&#47;{} \"y\")", &path[1..]),
        ] {
            assert_eq!(Vec::from_iter(named_pictures(&text).into_keys()), [id], "{text}");
        }
        for text in [
            format!("[x]({path})"),
            format!("`![x]({path})`"),
            format!("![x](https://a.example{path})"),
            path,
        ] {
            assert!(named_pictures(&text).is_empty(), "{text}");
        }
    }

    #[test]
    fn the_words_of_a_picture_stay_words() {
        let (known, path) = picture();
        for hostile in [
            "x\" onerror=\"alert(1)",
            "<b onclick=alert(1)>x</b>",
            "`\"><script>alert(1)</script>`",
            "a ![b](https://a.example/b.png) c",
            "[b](javascript:alert(1))",
        ] {
            for text in [format!("![{hostile}]({path})"), format!("![x]({path} '{hostile}')")] {
                let html = render(&text, 2, &known);
                let tags = html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap());
                let names = tags.map(|tag| tag.split(' ').next().unwrap());
                assert!(
                    names.into_iter().all(|name| ["p", "a", "img", "/a", "/p"].contains(&name))
                );
                // A text between quotes is a value and no attribute.
                let outside: String = html.split('"').step_by(2).collect();
                assert!(!outside.contains("onerror") && !outside.contains("onclick"), "{html}");
                assert!(!html.contains("javascript:") || !html.contains("href=\"java"), "{html}");
            }
        }
    }
}
