//! Who can register for a competition.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Raw;

/// Who can register for a competition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(
    feature = "sea-orm",
    sea_orm(rs_type = "String", db_type = "Text", rename_all = "UPPERCASE")
)]
#[serde(rename_all = "UPPERCASE")]
pub enum AccessMode {
    /// Every participant.
    #[default]
    Open,
    /// Participants with an access code of the competition, or with the code of an invitation.
    Code,
    /// Participants with the code of an invitation.
    Invitation,
}

impl AccessMode {
    /// Every mode there is.
    pub const ALL: [Self; 3] = [Self::Open, Self::Code, Self::Invitation];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Code => "CODE",
            Self::Invitation => "INVITATION",
        }
    }

    /// Whether every participant can register.
    pub fn is_open(self) -> bool {
        self == Self::Open
    }
}

impl fmt::Display for AccessMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AccessMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|mode| mode.as_str() == text);
        found.ok_or_else(|| "Access must be OPEN, CODE or INVITATION".into())
    }
}

/// The mode of a new competition is [`AccessMode::Open`] unless it is given.
pub(crate) fn access_mode(raw: &Raw<String>) -> Result<AccessMode, String> {
    match raw {
        Raw::Missing => Ok(AccessMode::default()),
        Raw::WrongType => "".parse(),
        Raw::Given(text) => text.parse(),
    }
}
