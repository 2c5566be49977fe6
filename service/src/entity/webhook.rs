//! A webhook: an address of an organizer to which events are sent.

use domain::{
    CompetitionId, DisabledReason, EventType, JobId, UserId, Webhook, WebhookId, WebhookWithSecret,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "webhooks")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: WebhookId,
    pub(crate) organizer_id: UserId,
    /// `None` for all competitions of the organizer.
    pub(crate) competition_id: Option<CompetitionId>,
    pub(crate) url: String,
    pub(crate) description: String,
    /// Names separated by blanks; empty for all.
    pub(crate) event_types: String,
    pub(crate) secret: String,
    /// Signs as well until the time beside it.
    pub(crate) previous_secret: Option<String>,
    pub(crate) previous_secret_until: Option<DateTimeUtc>,
    pub(crate) enabled: bool,
    pub(crate) disabled_reason: Option<DisabledReason>,
    /// Rounds of requests since the last success, all of which failed.
    pub(crate) failures: i32,
    /// When the first of them failed.
    pub(crate) failing_since: Option<DateTimeUtc>,
    /// No request is sent before.
    pub(crate) paused_until: Option<DateTimeUtc>,
    /// The job that sends requests now.
    pub(crate) claimed_by: Option<JobId>,
    pub(crate) claimed_until: Option<DateTimeUtc>,
    /// The job that was added for later attempts.
    pub(crate) wake_job: Option<JobId>,
    pub(crate) wakes_at: Option<DateTimeUtc>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The chosen event types; empty for all.
    pub(crate) fn chosen(&self) -> Vec<EventType> {
        // A name of a newer version is skipped.
        self.event_types.split_whitespace().filter_map(|name| name.parse().ok()).collect()
    }

    /// Whether events of this type are sent.
    pub(crate) fn wants(&self, kind: EventType) -> bool {
        self.event_types.is_empty() || self.chosen().contains(&kind)
    }

    pub(crate) fn into_view(self) -> Webhook {
        Webhook {
            id: self.id,
            event_types: self.chosen(),
            url: self.url,
            description: self.description,
            competition_id: self.competition_id,
            enabled: self.enabled,
            disabled_reason: self.disabled_reason,
            failing_since: self.failing_since.map(Into::into),
            previous_secret_until: self.previous_secret_until.map(Into::into),
            created_at: self.created_at.into(),
            updated_at: self.updated_at.into(),
        }
    }

    pub(crate) fn into_view_with_secret(self) -> WebhookWithSecret {
        WebhookWithSecret { secret: self.secret.clone(), webhook: self.into_view() }
    }
}
