//! Who a browser's session belongs to.

use domain::UserId;
use service::accounts::{Account, CredentialsVersion};
use tower_sessions::{Session, session::Error};

/// Where the session keeps whose it is, and which of their passwords it was opened with.
const HOLDER: &str = "holder";

/// Makes the session this user's. It gets a new id, so that an id planted before the login is worth nothing.
///
/// # Errors
/// When the session store fails.
pub async fn sign_in(session: &Session, account: &Account) -> Result<(), Error> {
    session.cycle_id().await?;
    session.insert(HOLDER, (account.user.id, account.credentials)).await
}

/// Ends the session, with everything in it.
///
/// # Errors
/// When the session store fails.
pub async fn sign_out(session: &Session) -> Result<(), Error> {
    session.flush().await
}

/// Whose session it says it is, if anybody's; it counts while the password is the one it was opened with. One that
/// cannot be read is nobody's.
pub async fn holder(session: &Session) -> Option<(UserId, CredentialsVersion)> {
    session.get(HOLDER).await.ok().flatten()
}
