//! What a mail does to an event in a calendar.

use sea_orm::{DeriveActiveEnum, EnumIter};

/// What a mail does to an event in a calendar (RFC 5546, section 1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum CalendarMethod {
    /// Adds it, or replaces an earlier version of it.
    Request,
    /// Removes it.
    Cancel,
}

impl CalendarMethod {
    /// Its name in files and in headers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}
