//! An account.

use domain::{Contact, Organizer, Role, User, UserId};
use sea_orm::{Condition, entity::prelude::*};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "users")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: UserId,
    pub(crate) email: String,
    pub(crate) email_key: String,
    pub(crate) name: String,
    pub(crate) search_text: String,
    /// Folded words, separated by blanks; empty in a row of an earlier release.
    pub(crate) search_words: String,
    /// The role that the user signed up with.
    pub(crate) role: Role,
    /// The role that they have added; never the same.
    pub(crate) second_role: Option<Role>,
    pub(crate) password_hash: String,
    pub(crate) created_at: DateTimeUtc,
    /// Grows with every new password.
    pub(crate) credentials_version: i32,
    /// As the IANA database spells it.
    pub(crate) time_zone: Option<String>,
    /// When an operator has disabled the account.
    pub(crate) disabled_at: Option<DateTimeUtc>,
    /// When the owner has verified that they read the mail of the address.
    pub(crate) email_verified_at: Option<DateTimeUtc>,
    /// When its mail server refused the address for good; `None` since a mail was taken.
    pub(crate) email_refused_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A condition on users: they have this role, as in [`Model::roles`].
pub(crate) fn has_role(role: Role) -> Condition {
    let second =
        Condition::all().add(Column::SecondRole.eq(role)).add(Column::Role.ne(Role::Admin));
    Condition::any().add(Column::Role.eq(role)).add(second)
}

impl Model {
    /// The roles, first the one that the user signed up with. An administrator has no other: an
    /// earlier release leaves the second one when it promotes an account.
    pub(crate) fn roles(&self) -> Vec<Role> {
        let second = self.second_role.filter(|_| self.role != Role::Admin);
        std::iter::once(self.role).chain(second).collect()
    }

    /// The user as they see themselves.
    pub(crate) fn into_user(self) -> User {
        User {
            id: self.id,
            role: self.role,
            roles: self.roles(),
            email: self.email,
            name: self.name,
            time_zone: self.time_zone,
            email_verified: self.email_verified_at.is_some(),
            email_refused: self.email_refused_at.is_some(),
        }
    }

    /// The user as others see an organizer, or a participant in a roster.
    pub(crate) fn into_organizer(self) -> Organizer {
        let is_deleted = self.email.is_empty();
        Organizer { id: self.id, name: self.name, email: self.email, is_deleted }
    }

    pub(crate) fn into_contact(self) -> Contact {
        let is_deleted = self.email.is_empty();
        Contact { name: self.name, email: self.email, is_deleted }
    }
}
