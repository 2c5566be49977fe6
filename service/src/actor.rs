//! Who asks.

use domain::{ErrorCode, PublicError, Role, User};

use crate::Result;

/// The person on whose behalf something is done: a user, or nobody in particular.
#[derive(Clone, Debug, Default)]
pub struct Actor(Option<User>);

impl From<User> for Actor {
    fn from(user: User) -> Self {
        Self(Some(user))
    }
}

impl Actor {
    /// Somebody who is not signed in.
    pub fn anonymous() -> Self {
        Self(None)
    }

    /// The user, if somebody is signed in.
    pub fn try_user(&self) -> Option<&User> {
        self.0.as_ref()
    }

    /// The user.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthorized`] when nobody is signed in.
    pub fn user(&self) -> Result<&User> {
        let unauthorized = || PublicError::new(ErrorCode::Unauthorized, "Unauthorized").into();
        self.0.as_ref().ok_or_else(unauthorized)
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
