//! Competitions: creating and finding them.

mod browse;
mod create;
mod view;

pub(crate) use browse::not_found;
pub use browse::{browse, closing_soon, get, list, mine};
pub(crate) use create::insert;
pub use create::{Created, create};
pub(crate) use view::{organizer, tags_of};
