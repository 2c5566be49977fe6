//! Who can register: the mode of access, access codes and invitations.

mod invitations;
mod page;
mod typed_access;
#[cfg(feature = "ssr")]
mod typed_invitations;

pub use invitations::{InvitationRow, InvitationsPage, InvitationsScreen};
pub use page::{AccessPage, AccessScreen, CodeLine};
pub use typed_access::TypedAccess;
