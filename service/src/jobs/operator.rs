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
    /// Checks the permission, and returns the name for the audit trail: the id of an administrator,
    /// or `console`.
    ///
    /// # Errors
    /// Unauthorized; Forbidden.
    pub(super) fn authorize(self) -> Result<String> {
        match self {
            Self::Admin(actor) => Ok(actor.require(Role::Admin)?.id.to_string()),
            Self::Console => Ok("console".to_owned()),
        }
    }
}
