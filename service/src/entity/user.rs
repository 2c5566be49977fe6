//! An account.

use domain::{Contact, Organizer, Role, User, UserId};
use sea_orm::entity::prelude::*;

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
    pub(crate) role: Role,
    pub(crate) password_hash: String,
    pub(crate) created_at: DateTimeUtc,
    /// Grows with every new password.
    pub(crate) credentials_version: i32,
    /// As the IANA database spells it.
    pub(crate) time_zone: Option<String>,
    /// When an operator has disabled the account.
    pub(crate) disabled_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The user as they see themselves.
    pub(crate) fn into_user(self) -> User {
        User {
            id: self.id,
            email: self.email,
            name: self.name,
            role: self.role,
            time_zone: self.time_zone,
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
