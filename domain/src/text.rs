//! Text that has been checked. Each type can only be made by its `parse`, so holding one is the
//! proof: it is in normal form and follows the rules of its kind.

use std::fmt;

use email_address::{EmailAddress, Options};

use crate::{Faults, PublicError, normal_form, web_address::holds_web_address};

/// Longest person's name, in characters.
const MAX_NAME: usize = 100;
/// Longest e-mail address, in characters (RFC 5321, section 4.5.3.1.3, less the angle brackets).
const MAX_EMAIL: usize = 254;
/// Shortest password, in characters.
const MIN_PASSWORD: usize = 8;
/// Longest password, in bytes: bcrypt sees no further, and cutting silently would accept other passwords.
const MAX_PASSWORD_BYTES: usize = 72;
/// Longest title, in characters.
const MAX_TITLE: usize = 200;
/// Longest description, in characters.
const MAX_DESCRIPTION: usize = 10_000;
/// Longest tag, in characters.
const MAX_TAG: usize = 40;
/// Longest name of a time zone, in bytes; the longest there is has 32.
const MAX_TIME_ZONE: usize = 64;

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text!(
    /// A person's name: 1 to 100 characters on one line, without a web address: it stands in mail
    /// to others.
    PersonName
);
text!(
    /// The title of a competition: 1 to 200 characters on one line.
    Title
);
text!(
    /// What a competition is about: 1 to 10,000 characters, Markdown.
    Description
);
text!(
    /// A tag as it was typed: 1 to 40 characters, no comma.
    Tag
);
text!(
    /// What may be the name of an IANA time zone, like `Europe/Berlin`. Whether there is such a zone, the server knows:
    /// the list would be too much for a browser.
    TimeZoneName
);
text!(
    /// A well-formed e-mail address, as it was typed.
    Email
);

/// A password of 8 characters to 72 bytes, composed (NFC). Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl PersonName {
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let name = one_line("Name", text, MAX_NAME)?;
        if holds_web_address(&name) {
            return Err("Name must not contain a web address".into());
        }
        Ok(Self(name))
    }
}

impl Title {
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_line("Title", text, MAX_TITLE).map(Self)
    }
}

impl Description {
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let is_bad = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || is_no_character(c);
        bounded("Description", normal_form::paragraphs(text), MAX_DESCRIPTION, is_bad).map(Self)
    }
}

impl Tag {
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let tag = one_line("Tag", text, MAX_TAG)?;
        if tag.contains(',') { Err("Tags must not contain a comma".into()) } else { Ok(Self(tag)) }
    }

    /// The form that tags are compared in: `Rust` and `rust` are one tag.
    pub fn key(&self) -> String {
        normal_form::lower(&self.0)
    }
}

impl TimeZoneName {
    /// The other names of UTC become `UTC`, which every client knows.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '+' | '-');
        let text = match text.trim() {
            "Etc/UTC" | "Etc/UCT" | "Etc/Universal" | "Etc/Zulu" | "UCT" | "Universal" | "Zulu" => {
                return Ok(Self::default());
            }
            text => text,
        };
        if (1..=MAX_TIME_ZONE).contains(&text.len()) && text.chars().all(is_part) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Self::UNKNOWN.into())
        }
    }

    /// What is said of a name that no zone has.
    pub const UNKNOWN: &str = "Time zone must be the name of one, like Europe/Berlin";
}

impl Default for TimeZoneName {
    /// UTC.
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

impl Email {
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = one_line("Email", text, MAX_EMAIL)?;
        let options = Options::default().without_display_text().without_domain_literal();
        // No mail server takes them, and nobody sees that two addresses differ.
        let shows_nothing = |c: char| is_invisible(c) || (c.is_whitespace() && !c.is_ascii());
        match EmailAddress::parse_with_options(&text, options) {
            Ok(_) if !text.contains(shows_nothing) => Ok(Self(text)),
            _ => Err("Email must be a valid email address, like name@example.com".into()),
        }
    }

    /// The form that addresses are compared in: an account has one spelling of its address.
    pub fn key(&self) -> String {
        normal_form::lower(&self.0)
    }

    /// The same of what was typed, whether or not it is an address.
    pub fn key_of(typed: &str) -> String {
        normal_form::lower(&normal_form::line(typed))
    }
}

impl Password {
    /// The same as [`Self::parse`], for a form that asks for nothing else.
    ///
    /// # Errors
    /// What is wrong, about the field `password`.
    pub fn check(text: String) -> Result<Self, PublicError> {
        let mut faults = Faults::default();
        let password = faults.check("password", Self::parse(text));
        faults.finish(password)
    }

    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: String) -> Result<Self, String> {
        let text = normal_form::password(&text);
        if text.chars().count() < MIN_PASSWORD {
            Err(format!("Password must have at least {MIN_PASSWORD} characters"))
        } else if shows_nothing(&text) {
            // A login needs more than blanks.
            Err("Password must not be blank".into())
        } else if text.len() > MAX_PASSWORD_BYTES {
            Err(format!("Password must have at most {MAX_PASSWORD_BYTES} bytes"))
        } else if text.contains('\0') {
            Err("Password must not contain control characters".into())
        } else {
            Ok(Self(text))
        }
    }

    /// The password itself, for hashing and nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What a typed password may have been hashed as: in normal form, and, if that differs, as it
    /// was typed: earlier releases hashed that.
    pub fn spellings(typed: String) -> (String, Option<String>) {
        let normal = normal_form::password(&typed);
        let differs = normal != typed;
        (normal, differs.then_some(typed))
    }
}

fn one_line(label: &str, text: &str, max: usize) -> Result<String, String> {
    let is_bad = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}')
            || turns_text_around(c)
            || is_no_character(c)
    };
    bounded(label, normal_form::line(text), max, is_bad)
}

/// Whether Unicode promises that the code point will never be a character. XML cannot hold all of
/// them.
fn is_no_character(c: char) -> bool {
    let code = u32::from(c);
    matches!(code, 0xFDD0..=0xFDEF) || code & 0xFFFE == 0xFFFE
}

/// Whether the character makes what follows read backwards: the explicit directional formatting characters of Unicode
/// (UAX #9, section 2). Languages that are written from right to left do without.
fn turns_text_around(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether nothing is to be seen of the character by itself: `Default_Ignorable_Code_Point` of Unicode, as far as it is
/// assigned.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

fn shows_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// The text, which is in normal form, if it has 1 to `max` characters, something of them can be
/// seen and none is bad.
fn bounded(
    label: &str,
    text: String,
    max: usize,
    is_bad: impl Fn(char) -> bool,
) -> Result<String, String> {
    if shows_nothing(&text) {
        Err(format!("{label} must not be blank"))
    } else if text.chars().count() > max {
        Err(format!("{label} must have at most {max} characters"))
    } else if text.contains(is_bad) {
        Err(format!("{label} must not contain control characters"))
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_counted_in_characters_below_and_in_bytes_above() {
        assert!(Password::parse("ääääääää".into()).is_ok());
        assert!(Password::parse("1234567".into()).is_err());
        assert!(Password::parse("x".repeat(72)).is_ok());
        assert!(Password::parse("ä".repeat(37)).is_err());
    }

    #[test]
    fn text_is_trimmed_and_control_characters_are_refused() {
        assert_eq!(Title::parse("  Code Sprint ").unwrap().as_str(), "Code Sprint");
        assert!(Title::parse("two\nlines").is_err());
        assert!(Title::parse("\u{0}").is_err());
        assert!(Description::parse("two\nlines").is_ok());
        assert!(Description::parse("nul \u{0}").is_err());
        assert!(Title::parse(" \t ").is_err());
    }

    #[test]
    fn something_is_to_be_seen_of_a_text_and_nothing_reads_backwards() {
        for invisible in ["\u{200B}", "\u{200B} \u{2060}", "\u{FEFF}\u{AD}", "\u{3164}"] {
            assert!(Title::parse(invisible).is_err(), "{invisible:?}");
            assert!(Description::parse(invisible).is_err(), "{invisible:?}");
            assert!(PersonName::parse(invisible).is_err(), "{invisible:?}");
        }
        for backwards in ["\u{202E}live", "a\u{2066}b"] {
            assert!(Title::parse(backwards).is_err(), "{backwards:?}");
            assert!(PersonName::parse(backwards).is_err(), "{backwards:?}");
        }
        for good in ["שלום", "👩\u{200D}💻", "می\u{200C}خواهم", "❤\u{FE0F}"] {
            assert_eq!(Title::parse(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn a_line_break_of_any_kind_is_refused_in_one_line_and_kept_in_a_description() {
        for c in ['\n', '\r', '\u{85}', '\u{B}', '\u{2028}', '\u{2029}'] {
            assert!(Title::parse(&format!("two{c}lines")).is_err(), "{c:?}");
            assert!(Tag::parse(&format!("two{c}lines")).is_err(), "{c:?}");
        }
        assert_eq!(
            Description::parse("two\r\nlines\u{2028}more").unwrap().as_str(),
            "two\nlines\nmore"
        );
        for c in ['\u{FFFE}', '\u{FDD0}', '\u{10FFFF}', '\u{85}'] {
            assert!(Description::parse(&format!("no {c} here")).is_err(), "{c:?}");
        }
    }

    #[test]
    fn lengths_are_counted_in_characters_of_the_normal_form() {
        assert!(Title::parse(&"e\u{301}".repeat(200)).is_ok(), "composed to 200");
        assert!(Title::parse(&"😀".repeat(200)).is_ok());
        assert!(Title::parse(&"x".repeat(201)).is_err());
        let lines = "x\r\n".repeat(5_000);
        assert!(
            Description::parse(&lines).is_ok(),
            "a form sends two characters for each line end"
        );
    }

    #[test]
    fn two_tags_that_look_the_same_are_one() {
        let key = |text: &str| Tag::parse(text).unwrap().key();
        assert_eq!(key("Caf\u{E9}"), key("CAFE\u{301}"));
        assert_eq!(key("ru\u{200B}st"), key("Rust"));
        assert!(Tag::parse("a,b").is_err());
    }

    #[test]
    fn a_password_is_the_same_from_every_keyboard() {
        let composed = Password::parse("P\u{E4}ssw\u{F6}rt 1".into()).unwrap();
        let decomposed = Password::parse("Pa\u{308}sswo\u{308}rt\u{A0}1".into()).unwrap();
        assert!(composed == decomposed);
        assert_eq!(Password::parse("  12345678  ".into()).unwrap().expose(), "  12345678  ");
        assert!(Password::parse("a\u{308}".repeat(36)).is_ok(), "72 bytes once composed");
        assert!(Password::parse(" ".repeat(9)).is_err(), "no login takes it");
        assert_eq!(Password::spellings("plain".into()), ("plain".into(), None));
    }

    #[test]
    fn a_time_zone_has_a_name_of_its_own_kind() {
        for name in ["Etc/UTC", "Zulu", "UCT"] {
            assert_eq!(TimeZoneName::parse(name), Ok(TimeZoneName::default()), "{name}");
        }
        for good in ["UTC", " Europe/Berlin ", "America/Port-au-Prince", "Etc/GMT+12"] {
            assert_eq!(TimeZoneName::parse(good).unwrap().as_str(), good.trim());
        }
        for bad in ["", "Europe Berlin", "../../etc/passwd", "Zürich", "a\0", &"x".repeat(65)] {
            assert!(TimeZoneName::parse(bad).is_err(), "{bad}");
        }
    }

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
}
