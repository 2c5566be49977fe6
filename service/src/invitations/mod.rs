//! Invitations to competitions: an organizer invites addresses, and each gets a personal link. Its
//! access code admits one account: see [`crate::admission`].

mod invite;
mod list;
mod revoke;
mod send;

pub(crate) use send::mail_examples;

pub use invite::{invite, obstacle};
pub use list::list;
pub use revoke::revoke;
pub use send::SendInvitation;

use domain::CompetitionId;

use crate::Context;

/// The page of a competition with the code of an invitation.
fn link(ctx: &Context, competition: CompetitionId, code: &str) -> String {
    ctx.page(&format!("/competitions/{competition}?code={code}"))
}
