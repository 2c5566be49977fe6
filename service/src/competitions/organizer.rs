//! Which address of an organizer leaves the program.

use domain::{CompetitionDetail, Contact, Role, User, UserId};

use crate::{Actor, Context};

/// A competition as the viewer sees it.
pub(super) fn shown_to(
    ctx: &Context,
    viewer: &Actor,
    mut detail: CompetitionDetail,
) -> CompetitionDetail {
    let contact = detail.competition.contact_email.as_deref();
    let organizer = &mut detail.organizer;
    hide_address(ctx, viewer, organizer.id, contact, &mut organizer.email);
    detail
}

/// The organizer of a competition with this contact address, as the viewer sees them.
pub(crate) fn contact_shown_to(
    ctx: &Context,
    viewer: &Actor,
    organizer: UserId,
    contact_email: Option<&str>,
    mut contact: Contact,
) -> Contact {
    hide_address(ctx, viewer, organizer, contact_email, &mut contact.email);
    contact
}

/// Whether a viewer sees addresses that others do not: those of all accounts, or of their own.
/// Responses to such a viewer must not be shared.
pub fn sees_addresses(ctx: &Context, viewer: &Actor) -> bool {
    let sees_some = |user: &User| user.has_role(Role::Organizer) || user.has_role(Role::Admin);
    !ctx.public_organizer_email && viewer.try_user().is_some_and(sees_some)
}

/// Where addresses of accounts are not public, replaces one by the contact address of the
/// competition, or by an empty text: the first clients need one. Organizers see their own, and
/// administrators all.
fn hide_address(
    ctx: &Context,
    viewer: &Actor,
    organizer: UserId,
    contact_email: Option<&str>,
    address: &mut String,
) {
    let may_see =
        viewer.try_user().is_some_and(|user| user.id == organizer || user.has_role(Role::Admin));
    if !ctx.public_organizer_email && !may_see {
        contact_email.unwrap_or_default().clone_into(address);
    }
}
