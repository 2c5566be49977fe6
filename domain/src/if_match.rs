//! The `If-Match` header (RFC 9110, section 13.1.1) of a request that changes a competition.

use std::str::FromStr;

use crate::{ErrorCode, PublicError};

/// The versions of a competition that a change may be applied to.
///
/// An entity tag of a competition is its version, optionally followed by `-` and a hash of its
/// representation: registrations change the hash, but must not prevent an edit.
///
/// Weak tags match nothing, because a condition on a change compares strongly (RFC 9110, section
/// 13.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: any version.
    Any,
    /// One of these versions. Empty when no tag in the header is that of a competition.
    Versions(Vec<u32>),
}

schema!(
    IfMatch,
    crate::schema::text("`*`, or a list of entity tags", "\"3\"")
        .pattern(Some(r#"^(\*|(W/)?"[!#-~]*"(, *(W/)?"[!#-~]*")*)$"#))
);

/// The header is neither `*` nor a list of entity tags.
#[derive(Debug, thiserror::Error)]
#[error("If-Match must be * or a list of entity tags like \"3\"")]
pub struct InvalidIfMatch;

impl From<InvalidIfMatch> for PublicError {
    fn from(error: InvalidIfMatch) -> Self {
        Self::new(ErrorCode::InvalidIfMatch, error.to_string())
    }
}

impl IfMatch {
    /// Whether a competition of this version may be changed.
    pub fn accepts(&self, version: u32) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }
}

impl FromStr for IfMatch {
    type Err = InvalidIfMatch;

    fn from_str(text: &str) -> Result<Self, InvalidIfMatch> {
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        let mut versions = Vec::new();
        let mut rest = text.trim_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Err(InvalidIfMatch);
        }
        while !rest.is_empty() {
            let weak = rest.strip_prefix("W/");
            let (opaque, after) = split_tag(weak.unwrap_or(rest)).ok_or(InvalidIfMatch)?;
            if weak.is_none() {
                versions.extend(version(opaque));
            }
            let next = after.trim_start_matches([' ', '\t']);
            rest = match next.strip_prefix(',') {
                Some(next) => next.trim_start_matches([' ', '\t', ',']),
                None if next.is_empty() => next,
                None => return Err(InvalidIfMatch),
            };
        }
        Ok(Self::Versions(versions))
    }
}

/// The text between the quotes at the beginning of `text`, and the rest after them.
fn split_tag(text: &str) -> Option<(&str, &str)> {
    let (opaque, after) = text.strip_prefix('"')?.split_once('"')?;
    let is_tag = opaque.bytes().all(|byte| byte == 0x21 || (0x23..=0x7e).contains(&byte));
    is_tag.then_some((opaque, after))
}

/// The version in an entity tag; `None` if it is not that of a competition.
fn version(opaque: &str) -> Option<u32> {
    let version = opaque.split_once('-').map_or(opaque, |(version, _)| version);
    // `+3` would parse as well.
    version.bytes().all(|byte| byte.is_ascii_digit()).then(|| version.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_entity_tags_is_read_by_version() {
        for (text, expected) in [
            ("\"3\"", vec![3]),
            ("\"3-0a1b\"", vec![3]),
            (" \"3\" ,\t\"4-x\" ", vec![3, 4]),
            (",\"3\",,\"5\",", vec![3, 5]),
            // A comma belongs to a tag when it is between its quotes.
            ("\"a,b\", \"7\"", vec![7]),
            ("\"3-0a1b-gzip\"", vec![3]),
            ("W/\"3\"", vec![]),
            ("W/\"3-0a1b\", \"4\"", vec![4]),
            ("\"\", \"+3\", \"99999999999\"", vec![]),
        ] {
            assert_eq!(text.parse::<IfMatch>().unwrap(), IfMatch::Versions(expected), "{text}");
        }
        assert_eq!(" * ".parse::<IfMatch>().unwrap(), IfMatch::Any);
    }

    #[test]
    fn a_malformed_header_is_rejected() {
        for text in
            ["", " ", ",", "3", "\"3", "3\"", "\"3\" \"4\"", "*, \"3\"", "w/\"3\"", "\"a b\""]
        {
            assert!(text.parse::<IfMatch>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_the_listed_versions_are_accepted() {
        let versions = IfMatch::Versions(vec![2, 4]);
        assert!(versions.accepts(4) && !versions.accepts(3));
        assert!(IfMatch::Any.accepts(3) && !IfMatch::Versions(Vec::new()).accepts(3));
    }
}
