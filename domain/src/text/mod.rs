//! Checked texts. Each type is created by its `parse` only, so a value is in normal form and
//! follows the rules of its type.

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

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

mod access_code;
mod characters;
mod competition;
mod email;
mod organizer_message;
mod password;
mod person_name;
mod question;
mod time_zone;
mod token_name;
mod web_link;

pub use access_code::AccessCode;
pub use competition::{
    ChangeNote, CoverAlt, Description, RejectionReason, SectionText, Summary, Tag, Title,
    VenueAddress, VenueName,
};
pub use email::Email;
pub use organizer_message::{MessageSubject, MessageText};
pub use password::Password;
pub use person_name::PersonName;
pub use question::{AnswerText, QuestionHelp, QuestionLabel, QuestionOption};
pub use time_zone::TimeZoneName;
pub use token_name::TokenName;
pub use web_link::WebLink;
