//! The delivery of an event to a webhook.

use domain::{Delivery, DeliveryId, DeliveryStatus, EventType, WebhookId};
use sea_orm::entity::prelude::*;

use super::count;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "webhook_deliveries")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: DeliveryId,
    pub(crate) webhook_id: WebhookId,
    pub(crate) event_id: Uuid,
    pub(crate) event_type: String,
    pub(crate) payload: String,
    pub(crate) status: DeliveryStatus,
    pub(crate) attempts: i32,
    pub(crate) next_attempt_at: Option<DateTimeUtc>,
    /// `None` until the first attempt, also after "send again".
    pub(crate) first_attempt_at: Option<DateTimeUtc>,
    pub(crate) last_attempt_at: Option<DateTimeUtc>,
    pub(crate) response_status: Option<i32>,
    pub(crate) duration_ms: Option<i32>,
    pub(crate) response_body: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) created_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::webhook::Entity",
        from = "Column::WebhookId",
        to = "super::webhook::Column::Id"
    )]
    Webhook,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The `webhook-id` of its requests.
    pub(crate) fn message_id(&self) -> String {
        format!("msg_{}", self.event_id)
    }

    pub(crate) fn into_view(self) -> Delivery {
        Delivery {
            id: self.id,
            message_id: self.message_id(),
            // Names that cannot be chosen are those of tests.
            event_type: self.event_type.parse().unwrap_or(EventType::Test),
            status: self.status,
            attempts: count(self.attempts),
            created_at: self.created_at.into(),
            last_attempt_at: self.last_attempt_at.map(Into::into),
            next_attempt_at: self.next_attempt_at.map(Into::into),
            response_status: self.response_status.and_then(|status| status.try_into().ok()),
            duration_ms: self.duration_ms.map(count),
            response_body: self.response_body,
            error: self.error,
            payload: self.payload,
        }
    }
}
