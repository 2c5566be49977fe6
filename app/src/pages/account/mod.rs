//! The account of the user.

mod calendar;
mod change_password;
mod delete;
pub(crate) mod email;
mod messages;
mod organizer_notices;
mod page;
mod profile;
mod roles;
mod sessions;
mod tokens;

pub(crate) use calendar::CALENDAR;
pub use calendar::{
    CalendarFeedPage, CalendarFeedScreen, FeedDetails, NewFeed, RemoveCalendarFeedPage,
    RemoveCalendarFeedScreen,
};
pub use email::{EmailPage, EmailScreen};
pub use page::{AccountPage, AccountScreen};
pub use profile::TypedProfile;
pub use sessions::{SessionRow, SessionsPage, SessionsScreen};
pub use tokens::{
    NewToken, RevokeTokenPage, RevokeTokenScreen, TokenRow, TokensPage, TokensScreen, TypedToken,
};

/// The address of the download of the user's data.
const DATA: &str = "/api/auth/me/data";
