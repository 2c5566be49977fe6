//! Who a browser's session belongs to.

use domain::UserId;
use tower_sessions::{Session, session::Error};

/// Where the session keeps its user's id.
const USER: &str = "user";

/// Makes the session this user's. It gets a new id, so that an id planted before the login is worth nothing.
///
/// # Errors
/// When the session store fails.
pub async fn sign_in(session: &Session, user: UserId) -> Result<(), Error> {
    session.cycle_id().await?;
    session.insert(USER, user).await
}

/// Ends the session, with everything in it.
///
/// # Errors
/// When the session store fails.
pub async fn sign_out(session: &Session) -> Result<(), Error> {
    session.flush().await
}

/// Whose session it is, if anybody's. One that cannot be read is nobody's.
pub async fn user_id(session: &Session) -> Option<UserId> {
    session.get(USER).await.ok().flatten()
}
