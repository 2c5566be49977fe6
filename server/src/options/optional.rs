//! Options that may be empty.

/// The value of an option; `None` for an empty variable, which is how a compose file or an
/// environment file leaves an option out.
#[derive(Clone, Debug, Default)]
pub struct Optional(pub Option<String>);

impl Optional {
    /// Parses a value unless it is empty.
    pub(super) fn parse(
        text: &str,
        parse: impl FnOnce(&str) -> Result<String, String>,
    ) -> Result<Self, String> {
        if text.is_empty() { Ok(Self(None)) } else { parse(text).map(|value| Self(Some(value))) }
    }
}
