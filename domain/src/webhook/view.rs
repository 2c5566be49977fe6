//! Webhooks and their deliveries, as their organizer sees them.

use serde::{Deserialize, Serialize};

use super::EventType;
use crate::{CompetitionId, DeliveryId, Timestamp, WebhookId};

/// An address to which events are sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// Which webhook.
    pub id: WebhookId,
    /// Where events are sent.
    #[cfg_attr(
        feature = "openapi",
        schema(format = "uri", example = "https://club.example/hooks/mini-compete")
    )]
    pub url: String,
    /// A note of the organizer's.
    #[cfg_attr(feature = "openapi", schema(example = "Seats on our home page"))]
    pub description: String,
    /// The events that are sent; empty for all.
    pub event_types: Vec<EventType>,
    /// The only competition whose events are sent; `null` for all of the organizer's.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub competition_id: Option<CompetitionId>,
    /// Whether events are sent.
    pub enabled: bool,
    /// Why it is disabled; `null` while it is enabled.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub disabled_reason: Option<DisabledReason>,
    /// When the first of the deliveries failed that have failed since the last success; `null`
    /// while deliveries succeed.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub failing_since: Option<Timestamp>,
    /// Until when requests are signed with the previous secret too; `null` without one.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub previous_secret_until: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A webhook with its secret, which is shown when it is made and in no later response.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WebhookWithSecret {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// Signs the requests, as the Standard Webhooks specification says.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=")
    )]
    pub secret: String,
}

/// Shows no secret, because it could end up in a log.
impl std::fmt::Debug for WebhookWithSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookWithSecret").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

/// Why a webhook is disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(
    feature = "sea-orm",
    sea_orm(rs_type = "String", db_type = "Text", rename_all = "UPPERCASE")
)]
#[serde(rename_all = "UPPERCASE")]
pub enum DisabledReason {
    /// Its organizer has disabled it.
    Organizer,
    /// The receiver answered 410 Gone.
    Gone,
    /// Every delivery of five days failed.
    Failing,
    /// Too many deliveries were waiting for it.
    Backlog,
}

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(
    feature = "sea-orm",
    sea_orm(rs_type = "String", db_type = "Text", rename_all = "UPPERCASE")
)]
#[serde(rename_all = "UPPERCASE")]
pub enum DeliveryStatus {
    /// An attempt follows.
    Pending,
    /// The receiver answered with a status of 200 to 299.
    Delivered,
    /// No attempt follows.
    Failed,
}

impl DeliveryStatus {
    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Delivered => "DELIVERED",
            Self::Failed => "FAILED",
        }
    }
}

/// The delivery of an event to a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Which delivery.
    pub id: DeliveryId,
    /// The `webhook-id` of its requests, the same for every attempt.
    #[cfg_attr(feature = "openapi", schema(example = "msg_01939c2e-7b5a-7000-8000-000000000001"))]
    pub message_id: String,
    /// The event.
    pub event_type: EventType,
    /// How far it has come.
    pub status: DeliveryStatus,
    /// Requests sent since the event, or since "send again".
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub attempts: u32,
    /// When the event happened.
    pub created_at: Timestamp,
    /// When the last request was sent; `null` before the first.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub last_attempt_at: Option<Timestamp>,
    /// When the next request is due; `null` if none is.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub next_attempt_at: Option<Timestamp>,
    /// The status of the last response; `null` without one.
    #[cfg_attr(feature = "openapi", schema(required, minimum = 100, maximum = 999, example = 204))]
    pub response_status: Option<u16>,
    /// How long the last request took, in milliseconds.
    #[cfg_attr(feature = "openapi", schema(required, example = 85))]
    pub duration_ms: Option<u32>,
    /// The beginning of the last response, at most 1,024 bytes.
    #[cfg_attr(feature = "openapi", schema(required, max_length = 1024, example = ""))]
    pub response_body: Option<String>,
    /// Why the last request failed; `null` after a success.
    #[cfg_attr(feature = "openapi", schema(required, example = "the receiver answered 500"))]
    pub error: Option<String>,
    /// The body that is sent.
    #[cfg_attr(
        feature = "openapi",
        schema(example = r#"{"type":"webhook.test","timestamp":"2026-11-23T12:00:00.000Z"}"#)
    )]
    pub payload: String,
}
