//! How one takes part in a competition: a filter of lists.

use std::str::FromStr;

/// How one takes part. A competition with a venue and an online link has both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attendance {
    /// It has a venue.
    InPerson,
    /// It has an online link.
    Online,
}

impl Attendance {
    /// Every way there is.
    pub const ALL: [Self; 2] = [Self::InPerson, Self::Online];

    /// The name in the query string.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InPerson => "in-person",
            Self::Online => "online",
        }
    }

    /// The name that people see.
    pub fn label(self) -> &'static str {
        match self {
            Self::InPerson => "In person",
            Self::Online => "Online",
        }
    }
}

schema!(
    Attendance,
    crate::schema::one_of("How one takes part in a competition", Self::ALL.map(Self::as_str))
);

impl FromStr for Attendance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|attendance| attendance.as_str() == text);
        found.ok_or_else(|| "Attendance must be in-person or online".into())
    }
}
