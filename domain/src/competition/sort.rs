//! The orders of lists of competitions.

use std::str::FromStr;

use super::CompetitionStatus;

/// The order of a list of competitions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CompetitionSort {
    /// Created last, first.
    #[default]
    Newest,
    /// Closing soonest first; of those whose registration has closed, the one that closed last.
    Deadline,
    /// Starting soonest first; of those that are over, the one that started last. Those without a
    /// date are behind all others.
    Start,
    /// By title, A to Z.
    Title,
    /// Those that match the search best first, then the newest; without a search, the newest.
    Relevance,
}

impl CompetitionSort {
    /// Every order there is.
    pub const ALL: [Self; 5] =
        [Self::Relevance, Self::Newest, Self::Deadline, Self::Start, Self::Title];

    /// The name in the query string.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Deadline => "deadline",
            Self::Start => "start",
            Self::Title => "title",
            Self::Relevance => "relevance",
        }
    }

    /// The name that people see, in a list of competitions of this status.
    pub fn label(self, status: CompetitionStatus) -> &'static str {
        match (self, status) {
            (Self::Newest, _) => "Newest first",
            (Self::Deadline, CompetitionStatus::Open) => "Closing soonest",
            (Self::Deadline, CompetitionStatus::Closed | CompetitionStatus::Over) => {
                "Closed most recently"
            }
            (Self::Start, CompetitionStatus::Open | CompetitionStatus::Closed) => {
                "Starting soonest"
            }
            (Self::Start, CompetitionStatus::Over) => "Started most recently",
            (Self::Title, _) => "Title, A to Z",
            (Self::Relevance, _) => "Best match",
        }
    }
}

schema!(
    CompetitionSort,
    crate::schema::one_of("The order of a list of competitions", Self::ALL.map(Self::as_str))
);

impl FromStr for CompetitionSort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|sort| sort.as_str() == text)
            .ok_or_else(|| "Sort must be newest, deadline, start, title or relevance".into())
    }
}
