//! Who asks.

use domain::{ErrorCode, PublicError, Role, User};

use crate::Result;

/// The person on whose behalf something is done: a user, or nobody in particular.
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
    /// Somebody who is not signed in.
    pub fn anonymous() -> Self {
        Self::unrecognized(ErrorCode::Unauthorized)
    }

    /// Somebody who has shown a token that is not accepted; `code` says why.
    pub fn unrecognized(code: ErrorCode) -> Self {
        Self(Err(PublicError::new(code, "Unauthorized")))
    }

    /// The user, if somebody is signed in.
    pub fn try_user(&self) -> Option<&User> {
        self.0.as_ref().ok()
    }

    /// The user.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthorized`] when nobody is signed in; another code with the same message for a token that is not
    /// accepted.
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
