//! The calendar feed of the user.

mod details;
mod new_feed;
mod page;
mod remove;
mod renew;

pub use details::FeedDetails;
pub use new_feed::NewFeed;
pub use page::{CalendarFeedPage, CalendarFeedScreen};
pub use remove::{RemoveCalendarFeedPage, RemoveCalendarFeedScreen};

/// The address of the page.
pub(crate) const CALENDAR: &str = "/account/calendar";
/// The key of the handover of a new address in the session.
#[cfg(feature = "ssr")]
const HANDOVER: &str = "new_calendar_feed";
