//! Competitions: creating, editing, cancelling and finding them.

mod access_codes;
mod cancel_competition;
mod create;
mod details;
mod draft;
mod duplicate;
mod edit;
mod filtered;
mod get;
mod list;
mod open;
mod order;
mod organizer;
mod organizer_name;
mod own;
mod participants;
mod popular_tags;
mod search;
mod seats;
mod sitemap;
mod visible_to;

pub use crate::summary::summary;
pub use access_codes::access_codes;
pub use cancel_competition::{
    cancel_competition, cancel_competition_by_title, cancel_competition_if_match, delete_draft,
};
pub(crate) use create::insert;
pub use create::{Created, create};
pub use draft::{create_draft, draft_of, edit_draft};
pub use duplicate::{Duplicate, duplicate, duplicate_as_draft};
pub use edit::{edit, edit_if_match};
pub(crate) use get::{Details, questions};
pub use get::{get, get_editable, get_own, get_visible_to};
pub use list::{browse, closing_soon, list, list_after};
pub(crate) use open::{
    has_not_started, is_deleted_draft, is_draft, is_not_over, is_of_draft, is_searchable,
    takes_registrations, was_ever_registered_for,
};
pub(crate) use organizer::contact_shown_to;
pub use organizer::sees_addresses;
pub use organizer_name::organizer_name;
pub use own::{mine, mine_after};
pub(crate) use own::{own, own_on_page};
pub use participants::count_notified_of_edits;
pub(crate) use popular_tags::PopularTags;
pub use search::index_missing;
pub(crate) use search::index_those_of;
pub use seats::{SeatsWatch, seats, watch_seats};
pub use sitemap::sitemap;
pub(crate) use visible_to::visible_to;
