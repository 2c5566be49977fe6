//! What more than one page shows.

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
mod pagination;
mod seats;
mod status;
mod submit;
mod time;

pub(crate) use done::Done;
pub(crate) use empty_state::EmptyState;
pub(crate) use error_summary::ErrorSummary;
pub(crate) use failure::FailureView;
pub(crate) use field::{Field, FieldError, PasswordField, TextArea};
pub(crate) use footer::Footer;
pub(crate) use head::Head;
pub(crate) use header::Header;
pub(crate) use heading::{Heading, NavigationFocus, focus};
pub(crate) use icon::{Icon, Shape};
pub(crate) use pagination::Pagination;
pub(crate) use seats::Seats;
pub(crate) use status::StatusBadge;
pub(crate) use submit::Submit;
pub(crate) use time::Time;
