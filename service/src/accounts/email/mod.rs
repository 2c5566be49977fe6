//! The address of an account: whether its owner has verified that they read its mail, and changing
//! it.
//!
//! Anyone can sign up with anyone's address. So nothing but the mail that verifies an address is
//! sent to it until its owner has followed the link in that mail or typed its code; messages stay
//! in the mailbox on the site. A new address replaces the old one when it is verified.
//!
//! The link and the code are created when they are sent, and only their hashes are stored. A new
//! mail replaces those of the one before.

mod change;
mod notice;
mod pending;
mod replace;
mod request;
mod send;
mod status;
mod verify;

use chrono::TimeDelta;
use domain::{EmailCode, UserId};
use serde::{Deserialize, Serialize};

pub use self::{
    change::change,
    request::request,
    send::SendEmailVerification,
    status::status,
    verify::{EmailLink, find_link, verify_by_code, verify_by_link},
};
pub(crate) use self::{notice::mail_examples, verify::verified_by_reset_link};
pub(super) use self::{
    pending::{remove, remove_change},
    request::at_sign_up,
};
use crate::{infrastructure::secrets, mail::limits::VERIFICATIONS_AN_HOUR};

/// How long a link and a code verify an address.
pub const LIFETIME: TimeDelta = TimeDelta::hours(1);
/// Codes that may be tried for one mail.
pub const TRIES: i32 = 5;
/// Mails within an hour to one address, and that one account asks for.
pub const MAILS_AN_HOUR: i32 = VERIFICATIONS_AN_HOUR;
/// The time in which one mail at most is sent to an address.
pub const AT_MOST_EVERY: TimeDelta = TimeDelta::seconds(60);

/// The hash of a link's token. It may wait in a session: a reader of the session cannot verify the
/// address with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailLinkKey(String);

impl EmailLinkKey {
    /// The key of a link's token.
    pub fn of(token: &str) -> Self {
        Self(secrets::hash(token))
    }
}

/// The hash of a code. A reader of the table can find the code by trying all million. It verifies
/// an address for an hour, and does not log in.
fn code_hash(user: UserId, code: &EmailCode) -> String {
    secrets::hash(&format!("{user}:{}", code.as_str()))
}
