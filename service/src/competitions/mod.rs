//! Competitions: creating, editing, cancelling and finding them.

mod browse;
mod cancel;
mod create;
mod draft;
mod edit;
mod seats;
mod view;

pub(crate) use browse::{
    Details, cancelled_is_final, not_found, own, own_on_page, takes_registrations,
};
pub use browse::{browse, closing_soon, get, get_editable, get_own, list, mine};
pub use cancel::{cancel, cancel_by_title, cancel_if};
pub use create::{Created, create};
pub(crate) use create::{index_text, insert, replace_tags};
pub use draft::{create_draft, draft_of, edit_draft};
pub use edit::{Edited, edit, edit_if};
pub(crate) use seats::SeatReads;
pub use seats::{SeatsWatch, seats, watch_seats};
pub(crate) use view::{competition as view, count, organizer, tags_of};
