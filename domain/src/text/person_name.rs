//! The name of a person.

use super::characters::one_line;
use crate::web_address::holds_web_address;

/// Longest person's name, in characters.
const MAX_NAME: usize = 100;

text!(
    /// A person's name: 1 to 100 characters on one line, without a web address: it stands in mail
    /// to others.
    PersonName
);

schema!(
    PersonName,
    crate::schema::line("One line, without a web address", "Ada Lovelace", MAX_NAME)
);

impl PersonName {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        let name = one_line("Name", text, MAX_NAME)?;
        if holds_web_address(&name) {
            return Err("Name must not contain a web address".into());
        }
        Ok(Self(name))
    }
}
