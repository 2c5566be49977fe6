//! The actor of a request.

use domain::{ErrorCode, PublicError, Role, User};

use crate::Result;

/// The user on whose behalf a use case runs, or a visitor.
#[derive(Clone, Debug)]
pub struct Actor(Result<User, PublicError>);

impl Default for Actor {
    fn default() -> Self {
        Self::anonymous()
    }
}

impl From<User> for Actor {
    fn from(user: User) -> Self {
        Self(Ok(user))
    }
}

impl Actor {
    /// A visitor, who is not logged in.
    pub fn anonymous() -> Self {
        Self::unrecognized(ErrorCode::Unauthorized)
    }

    /// A visitor whose token was rejected for the reason in `code`.
    pub fn unrecognized(code: ErrorCode) -> Self {
        Self(Err(PublicError::new(code, "Unauthorized")))
    }

    /// The user; `None` for a visitor.
    pub fn try_user(&self) -> Option<&User> {
        self.0.as_ref().ok()
    }

    /// The user.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthorized`] for a visitor; the code of a rejected token, with the same
    /// message.
    pub fn user(&self) -> Result<&User> {
        self.0.as_ref().map_err(|error| error.clone().into())
    }

    /// The user, if they have this role.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthorized`], or [`ErrorCode::Forbidden`] which names the role.
    pub fn require(&self, role: Role) -> Result<&User> {
        let user = self.user()?;
        if user.role == role {
            Ok(user)
        } else {
            Err(PublicError::new(ErrorCode::Forbidden, format!("Required role: {role}")).into())
        }
    }
}
