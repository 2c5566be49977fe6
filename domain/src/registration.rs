//! Registrations: a participant's claim on a seat.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    Answer, CompetitionId, Contact, Dates, ErrorCode, PublicError, RegistrationId, Timestamp,
    UserId,
};

/// How far a registration has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(
    feature = "sea-orm",
    sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RegistrationStatus {
    /// Has a seat; the confirmation has not been sent yet.
    Pending,
    /// Has a seat; the confirmation is in the mailbox.
    Confirmed,
    /// On the waiting list: has no seat yet.
    Waitlisted,
    /// Waits for the organizer to approve it: has no seat yet.
    AwaitingApproval,
    /// Cancelled by the participant: the seat is free.
    Cancelled,
    /// Rejected or removed by the organizer: has no seat. Only the organizer can reverse it.
    Rejected,
    /// Never written by this program: the first Mini Compete's clients know it, so the API has it.
    Failed,
}

impl RegistrationStatus {
    /// Every status there is.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Confirmed,
        Self::Waitlisted,
        Self::AwaitingApproval,
        Self::Cancelled,
        Self::Rejected,
        Self::Failed,
    ];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Confirmed => "CONFIRMED",
            Self::Waitlisted => "WAITLISTED",
            Self::AwaitingApproval => "AWAITING_APPROVAL",
            Self::Cancelled => "CANCELLED",
            Self::Rejected => "REJECTED",
            Self::Failed => "FAILED",
        }
    }

    /// Whether the registration has a seat.
    pub fn holds_seat(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed)
    }

    /// Every status with a seat.
    pub fn with_seat() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|status| status.holds_seat())
    }

    /// Whether the registration has a seat, or waits for one or for its approval. Only then can it
    /// be cancelled.
    pub fn is_active(self) -> bool {
        self.holds_seat() || matches!(self, Self::Waitlisted | Self::AwaitingApproval)
    }

    /// Whether the organizer can approve, reject or remove the registration. One that the
    /// participant has cancelled stays so.
    pub fn is_reviewable(self) -> bool {
        self.is_active() || self == Self::Rejected
    }

    /// Whether the organizer can give the registration a seat ahead of the waiting list.
    pub fn can_be_promoted(self) -> bool {
        self.is_reviewable() && !self.holds_seat()
    }

    /// Whether rejecting or removing the registration changes it.
    pub fn can_be_rejected(self) -> bool {
        self.is_reviewable() && self != Self::Rejected
    }

    /// Checks that the answers of the registration can be changed at `now`: while it is active,
    /// until the deadline of a competition that is not cancelled.
    ///
    /// # Errors
    /// [`ErrorCode::RegistrationRejected`]; [`ErrorCode::NotRegistered`] once it is cancelled;
    /// [`ErrorCode::CompetitionCancelled`]; [`ErrorCode::RegistrationClosed`].
    pub fn check_answers_can_change(
        self,
        is_cancelled: bool,
        deadline: Timestamp,
        now: Timestamp,
    ) -> Result<(), PublicError> {
        let (code, message) = if self == Self::Rejected {
            (ErrorCode::RegistrationRejected, "The organizer has rejected this registration")
        } else if !self.is_active() {
            (ErrorCode::NotRegistered, "This registration is cancelled")
        } else if is_cancelled {
            (ErrorCode::CompetitionCancelled, "Competition was cancelled")
        } else if deadline <= now {
            let message =
                "Answers can be changed until the registration deadline, which has passed";
            (ErrorCode::RegistrationClosed, message)
        } else {
            return Ok(());
        };
        Err(PublicError::new(code, message))
    }

    /// Checks that the organizer can correct the answers of the registration at `now`: unless it is
    /// cancelled, and until a competition that is not cancelled is over.
    ///
    /// # Errors
    /// [`ErrorCode::RegistrationCancelled`]; [`ErrorCode::CompetitionCancelled`];
    /// [`ErrorCode::CompetitionOver`].
    pub fn check_answers_can_be_corrected(
        self,
        is_cancelled: bool,
        dates: Dates,
        now: Timestamp,
    ) -> Result<(), PublicError> {
        let (code, message) = if !self.is_reviewable() {
            let message = "The participant has cancelled this registration";
            (ErrorCode::RegistrationCancelled, message)
        } else if is_cancelled {
            (ErrorCode::CompetitionCancelled, "Competition was cancelled")
        } else if dates.is_over(now) {
            let message = "Answers can be changed until the competition is over";
            (ErrorCode::CompetitionOver, message)
        } else {
            return Ok(());
        };
        Err(PublicError::new(code, message))
    }

    /// Every active status.
    pub fn active() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|status| status.is_active())
    }
}

impl fmt::Display for RegistrationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RegistrationStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            format!("Status must be one of: {names}")
        })
    }
}

/// A registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    /// Which one.
    pub id: RegistrationId,
    /// Who takes part.
    pub user_id: UserId,
    /// In what.
    pub competition_id: CompetitionId,
    /// How far it has come.
    pub status: RegistrationStatus,
    /// The key the client sent with it, if it did.
    #[cfg_attr(feature = "openapi", schema(required, example = "7c1e9a54-register"))]
    pub idempotency_key: Option<String>,
    /// When the seat was taken; while it is on the waiting list, when it joined the list; while it
    /// waits for approval, when it was requested.
    pub registered_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What a competition is called and when it starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RegisteredCompetition {
    /// One line.
    #[cfg_attr(feature = "openapi", schema(example = "Code Sprint"))]
    pub title: String,
    /// If it is set.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub start_date: Option<Timestamp>,
}

/// The answer to registering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewRegistration {
    /// The registration.
    #[serde(flatten)]
    pub registration: Registration,
    /// How many are on the waiting list up to this registration, counted from 1; `null` when it is
    /// not on it.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    #[serde(default)]
    pub waitlist_position: Option<u32>,
    /// What was registered for.
    pub competition: RegisteredCompetition,
    /// Who registered.
    pub user: Contact,
}

/// A competition, as far as its participants need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MyCompetition {
    /// Which one.
    pub id: CompetitionId,
    /// One line.
    #[cfg_attr(feature = "openapi", schema(example = "Code Sprint"))]
    pub title: String,
    /// Markdown.
    #[cfg_attr(feature = "openapi", schema(example = "24 hours of code"))]
    pub description: String,
    /// In the order the organizer gave them.
    #[cfg_attr(feature = "openapi", schema(example = json!(["coding"])))]
    pub tags: Vec<String>,
    /// If it is set.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub start_date: Option<Timestamp>,
    /// After the start, if it is set.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub ends_at: Option<Timestamp>,
    /// Where it takes place.
    #[cfg_attr(feature = "openapi", schema(required, example = "Town Hall"))]
    pub venue_name: Option<String>,
    /// The address of the venue.
    #[cfg_attr(feature = "openapi", schema(required, example = "Rathausplatz 1, 10115 Berlin"))]
    pub venue_address: Option<String>,
    /// Where it takes place online, while the registration holds a seat.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub online_url: Option<String>,
    /// When registration closes.
    pub reg_deadline: Timestamp,
    /// Until when a seat that becomes free goes to the first on the waiting list; `null` when that
    /// is the deadline.
    #[cfg_attr(feature = "openapi", schema(required))]
    #[serde(default)]
    pub promote_until: Option<Timestamp>,
    /// The IANA time zone of the competition.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin"))]
    pub time_zone: String,
    /// When its organizer cancelled it; `null` when it takes place.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub cancelled_at: Option<Timestamp>,
    /// Who runs it.
    pub organizer: Contact,
}

impl MyCompetition {
    /// Whether a seat that becomes free at `now` goes to the first on the waiting list.
    pub fn passes_seats_on(&self, now: Timestamp) -> bool {
        self.cancelled_at.is_none() && self.dates().passes_seats_on(now)
    }

    /// Its times, without when registration opens.
    pub fn dates(&self) -> Dates {
        Dates {
            opens: None,
            deadline: self.reg_deadline,
            promote_until: self.promote_until,
            start: self.start_date,
            end: self.ends_at,
        }
    }
}

/// A registration, as its participant sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MyRegistration {
    /// The registration.
    #[serde(flatten)]
    pub registration: Registration,
    /// How many are on the waiting list up to this registration, counted from 1; `null` when it is
    /// not on it.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub waitlist_position: Option<u32>,
    /// Why the organizer has rejected it; `null` when it is not rejected, or without a reason.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub rejection_reason: Option<String>,
    /// The answers to the questions of the competition, in their order.
    pub answers: Vec<Answer>,
    /// What it is for.
    pub competition: MyCompetition,
}
