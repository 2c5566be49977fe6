//! Where a competition is in its life: a filter of lists.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a competition is in its life; those that are public and not cancelled are listed by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompetitionStatus {
    /// Before its registration deadline, also when registration opens later.
    #[default]
    Open,
    /// Its registration deadline has passed, and it has not started.
    Closed,
    /// It has started, as [`super::Dates::has_started`] has it: it is under way or over.
    Over,
}

impl CompetitionStatus {
    /// Every status there is.
    pub const ALL: [Self; 3] = [Self::Open, Self::Closed, Self::Over];

    /// The name in the query string.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Over => "over",
        }
    }

    /// The name that people see.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open for registration",
            Self::Closed => "Registration closed",
            Self::Over => "Started or over",
        }
    }
}

schema!(
    CompetitionStatus,
    crate::schema::one_of("Where a competition is in its life", Self::ALL.map(Self::as_str))
);

impl FromStr for CompetitionStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|status| status.as_str() == text);
        found.ok_or_else(|| "Status must be open, closed or over".into())
    }
}
