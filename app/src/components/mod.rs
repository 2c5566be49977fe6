//! What more than one page shows.

mod countdown;
mod done;
mod empty_state;
mod error_summary;
mod failure;
mod field;
mod footer;
mod head;
mod header;
mod heading;
mod icon;
mod mark;
mod pagination;
mod request_id;
mod seats;
mod share;
mod status;
mod submit;
mod theme;
mod time;
mod toast;
mod total;

pub(crate) use countdown::Countdown;
pub(crate) use done::Done;
pub(crate) use empty_state::EmptyState;
pub(crate) use error_summary::ErrorSummary;
pub(crate) use failure::FailureView;
#[cfg(feature = "ssr")]
pub(crate) use failure::{Words, words};
pub(crate) use field::{Field, FieldError, PasswordField, SelectField, TextArea};
pub(crate) use footer::Footer;
pub(crate) use head::Head;
pub(crate) use header::Header;
pub(crate) use heading::{Heading, NavigationFocus, focus};
pub(crate) use icon::{Icon, Shape};
pub(crate) use mark::Mark;
pub(crate) use pagination::Pagination;
pub(crate) use request_id::RequestId;
pub(crate) use seats::Seats;
pub(crate) use share::Share;
pub(crate) use status::{StatusBadge, status_words};
pub(crate) use submit::Submit;
pub(crate) use theme::{Theme, ThemeSwitch};
pub(crate) use time::{LocalTime, LocalTimes, Time};
pub(crate) use toast::{Toaster, Toasts};
pub(crate) use total::Total;
