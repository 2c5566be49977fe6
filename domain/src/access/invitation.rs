//! Invitations to a competition.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{Email, Faults, InvitationId, PublicError, Raw, Timestamp, account::refuse_unknown};

/// The most addresses of one request.
pub const MAX_INVITED_AT_ONCE: usize = 500;
/// The most invitations of a competition.
pub const MAX_INVITATIONS: u64 = 10_000;
/// The most invitations that an organizer makes in 24 hours.
pub const MAX_INVITATIONS_A_DAY: u64 = 2_000;

/// The body of a request to invite people, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "emails": ["grace@example.com", "linus@example.com"] }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct InvitationsInput {
    /// The addresses: 1 to 500. They need no account.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Vec<Email>, required, min_items = 1, max_items = 500)
    )]
    #[serde(default)]
    pub emails: Raw<Vec<String>>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

impl InvitationsInput {
    /// The addresses, no two alike.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<Vec<Email>, PublicError> {
        let mut faults = Faults::default();
        let emails = faults.check("emails", emails(self.emails));
        let mut checked: Vec<Email> = Vec::new();
        for (index, text) in emails.into_iter().flatten().enumerate() {
            let email = faults.check(&format!("emails.{index}"), Email::parse_new(&text));
            checked.extend(email);
        }
        let mut seen = std::collections::HashSet::new();
        checked.retain(|email| seen.insert(email.key()));
        refuse_unknown(&mut faults, &self.unknown);
        faults.finish(Some(checked))
    }
}

fn emails(raw: Raw<Vec<String>>) -> Result<Vec<String>, String> {
    match raw {
        Raw::Given(emails) if emails.is_empty() => Err("Emails must not be blank".into()),
        Raw::Missing => Err("Emails must not be blank".into()),
        Raw::Given(emails) if emails.len() <= MAX_INVITED_AT_ONCE => Ok(emails),
        Raw::Given(_) => Err(format!("Emails must be at most {MAX_INVITED_AT_ONCE}")),
        Raw::WrongType => Err("Emails must be a list of text".into()),
    }
}

/// An invitation to a competition, as its organizer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// Which one.
    pub id: InvitationId,
    /// Whom it was sent to.
    #[cfg_attr(feature = "openapi", schema(example = "grace@example.com"))]
    pub email: String,
    /// The access code of this invitation. It admits one account.
    #[cfg_attr(feature = "openapi", schema(example = "6F1B0C2D9A8E7F604152"))]
    pub code: String,
    /// The personal link: the page of the competition with the code.
    pub link: String,
    /// When it was made.
    pub invited_at: Timestamp,
    /// When an account registered with it; `null` if none has.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub accepted_at: Option<Timestamp>,
}

/// What became of a request to invite people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Invited {
    /// The new invitations, in the order of the addresses.
    pub invited: Vec<Invitation>,
    /// Addresses that were invited before. They get no second mail.
    pub already_invited: Vec<String>,
}

/// The addresses in a text: a list that was pasted, or CSV. A line may hold more than one, with
/// names or without.
///
/// # Errors
/// A sentence that names the lines without an address. The first may be the head of a table.
pub fn addresses_in(text: &str) -> Result<Vec<String>, String> {
    // An apostrophe may be a part of an address.
    let is_around = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"');
    let (mut addresses, mut without) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        let parts = line.split(is_around).map(|part| part.trim_matches('\''));
        let parts = parts.filter(|part| part.contains('@'));
        let before = addresses.len();
        addresses.extend(parts.map(|part| part.trim_start_matches("mailto:").to_owned()));
        if addresses.len() == before && !line.trim().is_empty() {
            without.push(number);
        }
    }
    if without.first() == Some(&1) && !addresses.is_empty() {
        without.remove(0);
    }
    match without.as_slice() {
        [] => Ok(addresses),
        [line] => Err(format!("Line {line} has no email address")),
        [first, rest @ ..] => {
            Err(format!("Line {first} and {} more have no email address", rest.len()))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(body: serde_json::Value) -> Result<Vec<String>, Vec<String>> {
        let input: InvitationsInput = serde_json::from_value(body).unwrap();
        match input.check() {
            Ok(emails) => Ok(emails.into_iter().map(Email::into_string).collect()),
            Err(error) => Err(error.fields.into_iter().map(|fault| fault.field).collect()),
        }
    }

    #[test]
    fn an_address_is_invited_once_however_often_it_is_sent() {
        let emails = ["grace@example.com", "linus@example.com", "Grace@Example.com"];
        assert_eq!(check(json!({ "emails": emails })).unwrap(), emails[..2]);
    }

    #[test]
    fn every_fault_of_a_list_of_addresses_is_reported_at_once() {
        let body = json!({ "emails": ["grace@example.com", "linus", ""], "text": "Hello" });
        assert_eq!(check(body).unwrap_err(), ["emails.1", "emails.2", "text"]);
        for body in [json!({}), json!({ "emails": [] }), json!({ "emails": "a@b.example" })] {
            assert_eq!(check(body).unwrap_err(), ["emails"]);
        }
        let many = vec!["grace@example.com"; MAX_INVITED_AT_ONCE + 1];
        assert_eq!(check(json!({ "emails": many })).unwrap_err(), ["emails"]);
    }

    #[test]
    fn addresses_are_found_in_pasted_lists_and_in_csv() {
        let grace_and_linus = Ok(vec!["grace@x.example".to_owned(), "linus@x.example".to_owned()]);
        for text in [
            "grace@x.example\nlinus@x.example\n",
            "grace@x.example, linus@x.example",
            "Grace Hopper <grace@x.example>; \"Linus T.\" <mailto:linus@x.example>",
            "Name,Email\r\nGrace,grace@x.example\r\n\"T., Linus\",\"linus@x.example\"\r\n",
            "\n\ngrace@x.example\n \nlinus@x.example",
        ] {
            assert_eq!(addresses_in(text), grace_and_linus, "{text}");
        }
        let quoted = addresses_in("'grace@x.example', o'brien@x.example");
        assert_eq!(quoted.unwrap(), ["grace@x.example", "o'brien@x.example"]);
        assert_eq!(addresses_in(""), Ok(vec![]));
    }

    #[test]
    fn lines_without_an_address_are_named() {
        let message = addresses_in("grace@x.example\nlinus.x.example").unwrap_err();
        assert_eq!(message, "Line 2 has no email address");
        let message = addresses_in("Name,Email\ngrace@x.example\na\nb\nc").unwrap_err();
        assert_eq!(message, "Line 3 and 2 more have no email address");
        assert_eq!(addresses_in("grace").unwrap_err(), "Line 1 has no email address");
    }
}
