//! The user who reads a mail.

use domain::Timestamp;

use super::templates::UserText;
use crate::{entity::user, zones};

/// Whom a mail greets, and in which zone they read times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) name: UserText<'a>,
    /// The name of a zone of the IANA database, if the user has chosen one.
    pub(crate) time_zone: Option<&'a str>,
}

impl Reader<'_> {
    /// A time in their zone, or in UTC.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        zones::local_with_zone(at, self.time_zone.unwrap_or("UTC"))
    }
}

impl<'a> From<&'a user::Model> for Reader<'a> {
    fn from(user: &'a user::Model) -> Self {
        Self { name: UserText(&user.name), time_zone: user.time_zone.as_deref() }
    }
}
