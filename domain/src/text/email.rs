//! E-mail addresses.

use email_address::{EmailAddress, Options};

use super::characters::one_line;
use crate::normal_form::{self, is_invisible};

/// Longest e-mail address, in characters (RFC 5321, section 4.5.3.1.3, less the angle brackets).
const MAX_EMAIL: usize = 254;

text!(
    /// A well-formed e-mail address, as it was typed.
    Email
);

schema!(
    Email,
    crate::schema::text("An email address", "ada@example.com")
        .format(crate::schema::email())
        .max_length(Some(MAX_EMAIL))
);

impl Email {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::parse_as("Email", text)
    }

    /// The same; `label` begins the sentence about a fault.
    ///
    /// # Errors
    /// A sentence about the fault.
    pub fn parse_as(label: &str, text: &str) -> Result<Self, String> {
        let text = one_line(label, text, MAX_EMAIL)?;
        let options = Options::default().without_display_text().without_domain_literal();
        // Invisible characters: mail servers refuse them, and people cannot see them.
        let shows_nothing = |c: char| is_invisible(c) || (c.is_whitespace() && !c.is_ascii());
        match EmailAddress::parse_with_options(&text, options) {
            Ok(_) if !text.contains(shows_nothing) => Ok(Self(text)),
            _ => Err(format!("{label} must be a valid email address, like name@example.com")),
        }
    }

    /// The same for an address that an account or an invitation is to have: its domain has several
    /// parts. One of a single word is no mail domain of the internet; most likely its end is
    /// missing. Accounts of earlier releases may have one.
    ///
    /// # Errors
    /// A sentence about the fault.
    pub fn parse_new(text: &str) -> Result<Self, String> {
        let email = Self::parse(text)?;
        match email.0.rsplit_once('@') {
            Some((_, domain)) if domain.contains('.') => Ok(email),
            _ => Err("Email must be a valid email address, like name@example.com".to_owned()),
        }
    }

    /// The form that addresses are compared in: an account has one spelling of its address.
    pub fn key(&self) -> String {
        normal_form::lower(&self.0)
    }

    /// The same for any text, which may be no address.
    pub fn key_of(typed: &str) -> String {
        normal_form::lower(&normal_form::line(typed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_compared_without_case() {
        assert_eq!(Email::parse("Ada@Example.com").unwrap().key(), "ada@example.com");
        for (typed, key) in [
            ("\u{C4}DA@example.com", "\u{E4}da@example.com"),
            ("A\u{308}da@example.com", "\u{E4}da@example.com"),
            (" ada@example.com\u{200B}", "ada@example.com"),
            ("ADA@B\u{DC}CHER.example", "ada@b\u{FC}cher.example"),
        ] {
            assert_eq!(Email::parse(typed).unwrap().key(), key);
            assert_eq!(Email::key_of(typed), key);
        }
        for bad in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "Ada <ada@example.com>",
            "a b@example.com",
            "ada@example.com.",
            "ada@[127.0.0.1]",
            "ada(comment)@example.com",
            "\u{E4}\u{200D}da@example.com",
            "\"a\u{A0}b\"@example.com",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_domain_of_a_new_address_has_several_parts() {
        assert_eq!(Email::parse_new("ada@example.com").unwrap().as_str(), "ada@example.com");
        for typed in ["foo@bar", "root@localhost", "\"a.b@c\"@bar", "ada@"] {
            let fault = Email::parse_new(typed).unwrap_err();
            assert_eq!(fault, "Email must be a valid email address, like name@example.com");
        }
        // Accounts of earlier releases.
        assert_eq!(Email::parse("root@localhost").unwrap().key(), "root@localhost");
    }
}
