//! Which messages an address gets in its mailbox only.

use domain::{MailChannel, MailKind, MailPreferences};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "mail_preferences")]
pub(crate) struct Model {
    /// The hash of the address.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) recipient: String,
    /// What links in mails to the address name it by.
    pub(crate) unsubscribe_key: String,
    /// The kinds that are not mailed, by name, separated by commas.
    pub(crate) mailbox_only: String,
    /// When the preferences were last changed, or a mail last linked to them.
    pub(crate) used_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub(crate) fn preferences(&self) -> MailPreferences {
        // A later release may know more kinds.
        let kinds = self.mailbox_only.split(',').filter_map(|name| name.parse().ok());
        kinds.fold(MailPreferences::default(), |preferences, kind| {
            preferences.with(kind, MailChannel::Mailbox)
        })
    }
}

/// The kinds that are not mailed, as they are stored.
pub(crate) fn mailbox_only(preferences: &MailPreferences) -> String {
    let kinds = MailKind::ALL.into_iter();
    let kinds = kinds.filter(|kind| preferences.channel(*kind) == MailChannel::Mailbox);
    kinds.map(MailKind::as_str).collect::<Vec<_>>().join(",")
}
