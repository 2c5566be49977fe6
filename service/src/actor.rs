//! The actor of a request.

use domain::{ErrorCode, PublicError, Role, TokenScope, User};

use crate::{Result, credentials::CredentialsVersion};

/// The user on whose behalf a use case runs, or a visitor.
///
/// A use case asks for the user with the method that fits what it does: [`Self::user`] to read,
/// [`Self::writer`] to change something, [`Self::owner`] to manage credentials.
#[derive(Clone, Debug)]
pub struct Actor(Result<Identity, PublicError>);

#[derive(Clone, Debug)]
struct Identity {
    user: User,
    /// The version of the credentials that the user was recognized with.
    credentials: CredentialsVersion,
    /// The scope of the personal access token of the request; `None` for a user who has logged in.
    scope: Option<TokenScope>,
}

impl Default for Actor {
    fn default() -> Self {
        Self::anonymous()
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

    /// A user who has logged in.
    pub(crate) fn logged_in(user: User, credentials: CredentialsVersion) -> Self {
        Self(Ok(Identity { user, credentials, scope: None }))
    }

    /// The owner of a personal access token, within its scope.
    pub(crate) fn with_token(
        user: User,
        credentials: CredentialsVersion,
        scope: TokenScope,
    ) -> Self {
        Self(Ok(Identity { user, credentials, scope: Some(scope) }))
    }

    /// The user; `None` for a visitor.
    pub fn try_user(&self) -> Option<&User> {
        self.0.as_ref().ok().map(|identity| &identity.user)
    }

    /// The user, to read something.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthorized`] for a visitor; the code of a rejected token, with the same
    /// message.
    pub fn user(&self) -> Result<&User> {
        Ok(&self.identity()?.user)
    }

    /// The user, if the actor may change something.
    ///
    /// # Errors
    /// As for [`Self::user`]; [`ErrorCode::InsufficientScope`] for a token that may only read.
    pub fn writer(&self) -> Result<&User> {
        let Identity { user, scope, .. } = self.identity()?;
        if *scope == Some(TokenScope::Read) {
            let message = "This token may only read. Use one with the scope write.";
            return Err(PublicError::new(ErrorCode::InsufficientScope, message).into());
        }
        Ok(user)
    }

    /// The user, if they have logged in, and may so manage the credentials of the account and the
    /// account itself.
    ///
    /// # Errors
    /// As for [`Self::user`]; [`ErrorCode::Forbidden`] for a personal access token.
    pub fn owner(&self) -> Result<&User> {
        let Identity { user, scope, .. } = self.identity()?;
        if scope.is_some() {
            let message = "A personal access token cannot do this. Log in with your password.";
            return Err(PublicError::new(ErrorCode::Forbidden, message).into());
        }
        Ok(user)
    }

    /// The user, to read something, if they have this role.
    ///
    /// # Errors
    /// As for [`Self::user`]; [`ErrorCode::Forbidden`], which names the role.
    pub fn require(&self, role: Role) -> Result<&User> {
        let user = self.user()?;
        match user.has_role(role) {
            true => Ok(user),
            false => Err(PublicError::required_role(role).into()),
        }
    }

    /// The user, if they have this role and the actor may change something.
    ///
    /// # Errors
    /// As for [`Self::require`] and [`Self::writer`].
    pub fn require_writer(&self, role: Role) -> Result<&User> {
        self.require(role)?;
        self.writer()
    }

    /// The version of the credentials that the actor was recognized with.
    pub(crate) fn credentials(&self) -> Result<CredentialsVersion> {
        Ok(self.identity()?.credentials)
    }

    fn identity(&self) -> Result<&Identity> {
        self.0.as_ref().map_err(|error| error.clone().into())
    }
}
