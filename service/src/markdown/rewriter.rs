//! What a page shows of Markdown.

use std::vec;

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Tag, TagEnd};

use super::{
    bare_link::{self, Part},
    pictures::{PictureInText, Pictures},
};

/// The deepest nesting of blocks that is kept. Blocks below it are shown at this depth.
pub(super) const MAX_DEPTH: usize = 8;
/// The tags around a table, which may be wider than a small screen: it scrolls by itself, by
/// keyboard too.
pub(super) const TABLE: [&str; 2] =
    [r#"<div class="table-scroll" role="group" aria-label="Table" tabindex="0">"#, "</div>"];

/// Turns what Markdown can say into what a page of ours shows of it.
pub(super) struct Rewriter<'a> {
    out: Vec<Event<'a>>,
    /// What each open tag is closed with; `None` where it was left out.
    open: Vec<Option<Event<'a>>>,
    /// How many of the open tags are blocks within blocks.
    depth: usize,
    /// Whether a link is open: one in another is no HTML.
    in_link: bool,
    /// Whether a block of code is open: its text is shown as it is.
    in_code: bool,
    /// The levels, as they were written, of the headings above the text.
    headings: Vec<HeadingLevel>,
    /// The level of the topmost headings.
    top: u8,
    /// The pictures that can be shown.
    pictures: &'a Pictures,
    /// The picture whose words are read.
    picture: Option<PictureInText>,
}

impl<'a> Rewriter<'a> {
    pub(super) fn new(top: u8, pictures: &'a Pictures) -> Self {
        Self {
            out: Vec::new(),
            open: Vec::new(),
            depth: 0,
            in_link: false,
            in_code: false,
            headings: Vec::new(),
            top,
            pictures,
            picture: None,
        }
    }

    pub(super) fn rewrite(
        mut self,
        events: impl Iterator<Item = Event<'a>>,
    ) -> vec::IntoIter<Event<'a>> {
        for event in events {
            if let Some(picture) = &mut self.picture {
                if picture.read_words(&event) {
                    let html = picture.html(self.in_link);
                    self.out.push(Event::InlineHtml(html.into()));
                    self.picture = None;
                }
                continue;
            }
            match event {
                Event::Start(Tag::Image { ref dest_url, ref title, .. })
                    if let Some(picture) = self.pictures.find(dest_url, title) =>
                {
                    self.picture = Some(picture);
                }
                Event::Start(tag) => self.start(tag),
                Event::End(end) => self.end(end),
                Event::Html(text) | Event::InlineHtml(text) => self.out.push(Event::Text(text)),
                Event::Text(text) if !self.in_link && !self.in_code => self.text(&text),
                // An organizer who begins a line means one.
                Event::SoftBreak => self.out.push(Event::HardBreak),
                event => self.out.push(event),
            }
        }
        self.out.into_iter()
    }

    fn start(&mut self, tag: Tag<'a>) {
        let end = tag.to_end();
        if is_container(end) {
            self.depth += 1;
        }
        match tag {
            // What would be HTML is a paragraph of text.
            Tag::HtmlBlock => self.push(Tag::Paragraph),
            Tag::Heading { level, .. } => {
                let level = self.level(level);
                self.push(Tag::Heading { level, id: None, classes: Vec::new(), attrs: Vec::new() });
            }
            Tag::Link { .. } | Tag::Image { .. } if self.in_link => self.open.push(None),
            Tag::Link { dest_url, title, .. } => self.link(dest_url, title),
            Tag::Image { dest_url, title, .. } => {
                self.link(dest_url, title);
                self.out.push(Event::Text("Image: ".into()));
            }
            Tag::Table(columns) => {
                let [before, after] = TABLE;
                self.out.push(Event::Html(before.into()));
                self.out.push(Event::Start(Tag::Table(columns)));
                self.open.push(Some(Event::Html(after.into())));
            }
            _ if is_container(end) && self.depth > MAX_DEPTH => self.open.push(None),
            tag => {
                self.in_code |= matches!(tag, Tag::CodeBlock(_));
                self.push(tag);
            }
        }
    }

    fn end(&mut self, end: TagEnd) {
        if is_container(end) {
            self.depth -= 1;
        }
        let Some(closing) = self.open.pop().flatten() else { return };
        match closing {
            Event::End(TagEnd::Link) => self.in_link = false,
            Event::End(TagEnd::CodeBlock) => self.in_code = false,
            Event::Html(_) => self.out.push(Event::End(end)),
            _ => {}
        }
        self.out.push(closing);
    }

    fn push(&mut self, tag: Tag<'a>) {
        self.open.push(Some(Event::End(tag.to_end())));
        self.out.push(Event::Start(tag));
    }

    fn link(&mut self, dest_url: CowStr<'a>, title: CowStr<'a>) {
        self.in_link = true;
        self.push(Tag::Link { link_type: LinkType::Inline, dest_url, title, id: "".into() });
    }

    /// A text, with its web addresses as links.
    fn text(&mut self, text: &str) {
        for part in bare_link::parts(text) {
            match part {
                Part::Text(text) => self.out.push(Event::Text(text.to_owned().into())),
                Part::Link(url) => {
                    let words = Event::Text(url.to_owned().into());
                    let link = Tag::Link {
                        link_type: LinkType::Autolink,
                        dest_url: url.to_owned().into(),
                        title: "".into(),
                        id: "".into(),
                    };
                    let end = Event::End(link.to_end());
                    self.out.extend([Event::Start(link), words, end]);
                }
            }
        }
    }

    /// One below the nearest heading above that is more important, however far apart they were
    /// written.
    fn level(&mut self, written: HeadingLevel) -> HeadingLevel {
        while self.headings.last().is_some_and(|above| *above >= written) {
            self.headings.pop();
        }
        let level = usize::from(self.top) + self.headings.len();
        self.headings.push(written);
        HeadingLevel::try_from(level).unwrap_or(HeadingLevel::H6)
    }
}

/// Whether it is a block that holds blocks, itself among them.
fn is_container(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item)
}
