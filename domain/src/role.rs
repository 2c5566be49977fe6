//! The roles of users.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Raw;

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(
    feature = "sea-orm",
    sea_orm(rs_type = "String", db_type = "Text", rename_all = "UPPERCASE")
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Role {
    /// Registers for competitions of others.
    Participant,
    /// Creates competitions and sees the rosters of their own.
    Organizer,
    /// Runs the installation. Made by the command line only.
    Admin,
}

impl Role {
    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Participant => "PARTICIPANT",
            Self::Organizer => "ORGANIZER",
            Self::Admin => "ADMIN",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Participant, Self::Organizer, Self::Admin]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(())
    }
}

/// The roles that users give themselves, as the description of the API has them.
#[cfg(feature = "openapi")]
pub(crate) enum SignupRole {}

schema!(
    SignupRole,
    crate::schema::one_of(
        "A role that users give themselves",
        [Role::Participant, Role::Organizer].map(Role::as_str)
    )
);

/// A role that users give themselves.
pub(crate) fn assignable(raw: &Raw<String>) -> Result<Role, String> {
    let role = match raw {
        Raw::Given(text) => text.parse().ok(),
        Raw::Missing | Raw::WrongType => None,
    };
    role.filter(|role| *role != Role::Admin)
        .ok_or_else(|| "Role must be PARTICIPANT or ORGANIZER".into())
}
