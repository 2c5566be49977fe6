//! When an organizer is notified of what.

use domain::{NoticeTiming, OrganizerNotice, OrganizerNotices, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "organizer_notice_choices")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) user_id: UserId,
    /// Names of [`NoticeTiming`].
    pub(crate) registrations: String,
    pub(crate) cancellations: String,
    pub(crate) became_full: String,
    pub(crate) waitlist_empty: String,
    /// When the last daily notice was made, or would have been.
    pub(crate) digested_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Without any choice yet.
    pub(crate) fn of(user_id: UserId) -> Self {
        Self {
            user_id,
            registrations: String::new(),
            cancellations: String::new(),
            became_full: String::new(),
            waitlist_empty: String::new(),
            digested_at: None,
        }
        .with(&OrganizerNotices::default())
    }

    pub(crate) fn with(self, choices: &OrganizerNotices) -> Self {
        let name = |notice| choices.timing(notice).as_str().to_owned();
        Self {
            registrations: name(OrganizerNotice::Registrations),
            cancellations: name(OrganizerNotice::Cancellations),
            became_full: name(OrganizerNotice::Full),
            waitlist_empty: name(OrganizerNotice::WaitlistEmpty),
            ..self
        }
    }

    pub(crate) fn choices(&self) -> OrganizerNotices {
        let stored = [
            (OrganizerNotice::Registrations, &self.registrations),
            (OrganizerNotice::Cancellations, &self.cancellations),
            (OrganizerNotice::Full, &self.became_full),
            (OrganizerNotice::WaitlistEmpty, &self.waitlist_empty),
        ];
        stored.into_iter().fold(OrganizerNotices::default(), |choices, (notice, name)| {
            match name.parse::<NoticeTiming>() {
                Ok(timing) => choices.with(notice, timing),
                // A later release may know more.
                Err(_) => choices,
            }
        })
    }
}
