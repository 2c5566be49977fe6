//! The tags of a competition.

use std::collections::HashSet;

use crate::{Raw, Tag};

/// The most tags a competition may have.
pub(super) const MAX_TAGS: usize = 10;

/// No two alike, in the order given.
pub(super) fn tags(raw: Raw<Vec<String>>) -> Result<Vec<Tag>, String> {
    let texts = match raw {
        Raw::Missing => return Ok(Vec::new()),
        Raw::WrongType => return Err("Tags must be a list of text".into()),
        Raw::Given(texts) => texts,
    };
    let texts: Vec<_> = texts.iter().filter(|text| !text.trim().is_empty()).collect();
    if texts.len() > MAX_TAGS {
        return Err(format!("Tags must be at most {MAX_TAGS}"));
    }
    let mut seen = HashSet::new();
    let mut tags = Vec::new();
    for text in texts {
        let tag = Tag::parse(text)?;
        if seen.insert(tag.key()) {
            tags.push(tag);
        }
    }
    Ok(tags)
}
