//! Who looks after the jobs.

use domain::Role;

use crate::{Actor, Result};

/// Who looks after the jobs.
#[derive(Clone, Copy, Debug)]
pub enum Operator<'a> {
    /// Somebody over the network, who must be an administrator.
    Admin(&'a Actor),
    /// Whoever may run commands where the database is within reach.
    Console,
}

impl Operator<'_> {
    /// As the audit trail knows them: the id of an administrator, or `console`.
    ///
    /// # Errors
    /// Unauthorized; Forbidden.
    pub(super) fn name(self) -> Result<String> {
        match self {
            Self::Admin(actor) => Ok(actor.require(Role::Admin)?.id.to_string()),
            Self::Console => Ok("console".to_owned()),
        }
    }
}
