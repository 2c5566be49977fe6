//! The kinds of questions.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What a question asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(
    feature = "sea-orm",
    sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum QuestionKind {
    /// A text on one line.
    #[default]
    ShortText,
    /// A text of several lines.
    LongText,
    /// A number.
    Number,
    /// A date without a time.
    Date,
    /// One of several options.
    OneOf,
    /// Any number of several options.
    AnyOf,
    /// Yes or no; a required one takes only yes.
    YesNo,
    /// A link to a page.
    Url,
    /// A country, by its ISO 3166-1 alpha-2 code.
    Country,
}

impl QuestionKind {
    /// Every kind there is, in the order of the form.
    pub const ALL: [Self; 9] = [
        Self::ShortText,
        Self::LongText,
        Self::OneOf,
        Self::AnyOf,
        Self::YesNo,
        Self::Number,
        Self::Date,
        Self::Url,
        Self::Country,
    ];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ShortText => "SHORT_TEXT",
            Self::LongText => "LONG_TEXT",
            Self::Number => "NUMBER",
            Self::Date => "DATE",
            Self::OneOf => "ONE_OF",
            Self::AnyOf => "ANY_OF",
            Self::YesNo => "YES_NO",
            Self::Url => "URL",
            Self::Country => "COUNTRY",
        }
    }

    /// The name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::ShortText => "Short text",
            Self::LongText => "Long text",
            Self::Number => "Number",
            Self::Date => "Date",
            Self::OneOf => "One of several options",
            Self::AnyOf => "Any of several options",
            Self::YesNo => "Yes or no",
            Self::Url => "Link",
            Self::Country => "Country",
        }
    }

    /// Whether its questions have options.
    pub fn has_options(self) -> bool {
        matches!(self, Self::OneOf | Self::AnyOf)
    }
}

impl fmt::Display for QuestionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for QuestionKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            format!("Kind must be one of: {names}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_on_the_wire_and_in_text() {
        for kind in QuestionKind::ALL {
            assert_eq!(serde_json::json!(kind), kind.as_str());
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert!("short_text".parse::<QuestionKind>().is_err());
    }
}
