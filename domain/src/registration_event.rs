//! What organizers have done to a registration.

use serde::{Deserialize, Serialize};

use crate::{RosterEntry, Timestamp};

/// The most events of a registration that are shown: the newest.
pub const MAX_REGISTRATION_EVENTS: usize = 100;

/// What an organizer has done to a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(
    feature = "sea-orm",
    sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RegistrationEventKind {
    /// A registration that waited for approval, or was rejected, has got a seat or has joined the
    /// waiting list; or one on the list has got a seat after the list ended.
    Approved,
    /// A registration that waited for approval was refused.
    Rejected,
    /// A registration has lost its seat, or has been taken off the waiting list.
    Removed,
    /// A registration without a seat has got one ahead of the waiting list.
    Promoted,
    /// The organizer has registered the participant.
    Added,
    /// Its answers were edited.
    AnswersEdited,
}

/// An event in the history of a registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RegistrationEvent {
    /// What was done.
    pub kind: RegistrationEventKind,
    /// The name of the organizer who did it; `null` once the account is deleted.
    #[cfg_attr(feature = "openapi", schema(required, example = "Ada Lovelace"))]
    pub by: Option<String>,
    /// Why, if the organizer gave a reason.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub reason: Option<String>,
    /// When it was done.
    pub at: Timestamp,
}

/// A registration with its history, as the organizer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegistrationRecord {
    /// The registration.
    #[serde(flatten)]
    pub entry: RosterEntry,
    /// What its organizer has done to it, newest first: at most 100.
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub events: Vec<RegistrationEvent>,
}
