//! The name of a personal access token.

use super::characters::one_line;

/// Longest name, in characters.
const MAX_NAME: usize = 100;

text!(
    /// The name of a personal access token: 1 to 100 characters on one line.
    TokenName
);

schema!(TokenName, crate::schema::line("One line", "Results importer", MAX_NAME));

impl TokenName {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_line("Name", text, MAX_NAME).map(Self)
    }
}
