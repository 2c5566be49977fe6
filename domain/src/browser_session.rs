//! The sessions of a user, as their list shows them.

use serde::{Deserialize, Serialize};

use crate::{BrowserSessionId, Timestamp};

/// A browser in which a user is logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserSession {
    /// Which session.
    pub id: BrowserSessionId,
    /// `Chrome on Linux`; `None` for a browser that does not say what it is.
    pub browser: Option<String>,
    /// The time zone of the browser at the login, `Europe/Berlin`; `None` without JavaScript.
    pub time_zone: Option<String>,
    /// When the user entered the password.
    pub logged_in_at: Timestamp,
    /// When it was last used, give or take an hour.
    pub last_used_at: Timestamp,
    /// Whether it is the session of this request.
    pub is_current: bool,
}

/// All logins of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSessions {
    /// Those of browsers: the current one first, then by their last use, latest first.
    pub browsers: Vec<BrowserSession>,
    /// How many programs are logged in through the API, each with a password of the account.
    pub programs: u64,
}
