//! Permission to manage the jobs.

use domain::Role;

use crate::{Actor, Result};

/// A caller that manages jobs.
#[derive(Clone, Copy, Debug)]
pub enum Operator<'a> {
    /// A user over the network, who must be an administrator.
    Admin(&'a Actor),
    /// The command line, on a machine that can reach the database.
    Console,
}

impl Operator<'_> {
    /// Checks the permission to look at jobs.
    ///
    /// # Errors
    /// Unauthorized; Forbidden.
    pub(super) fn authorize_read(self) -> Result<()> {
        match self {
            Self::Admin(actor) => actor.require(Role::Admin).map(drop),
            Self::Console => Ok(()),
        }
    }

    /// Checks the permission to change jobs, and returns the name for the audit trail: the id of an
    /// administrator, or `console`.
    ///
    /// # Errors
    /// Unauthorized; Forbidden; [`domain::ErrorCode::InsufficientScope`].
    pub(super) fn authorize_write(self) -> Result<String> {
        match self {
            Self::Admin(actor) => Ok(actor.require_writer(Role::Admin)?.id.to_string()),
            Self::Console => Ok("console".to_owned()),
        }
    }
}
