//! The words of roles.

use domain::Role;

/// The text of a button or link that adds a role to the account. Nobody adds that of an
/// administrator.
pub(crate) fn add_role_words(role: Role) -> &'static str {
    match role {
        Role::Participant => "Add the participant role",
        Role::Organizer | Role::Admin => "Add the organizer role",
    }
}
