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
