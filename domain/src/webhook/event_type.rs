//! The events that webhooks are sent.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The type of an event. The names are stable; receivers match on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EventType {
    /// A participant has registered, or was added by the organizer.
    #[serde(rename = "registration.created")]
    RegistrationCreated,
    /// A participant has joined the waiting list, or was added to it by the organizer.
    #[serde(rename = "registration.waitlisted")]
    RegistrationWaitlisted,
    /// A participant has registered, and waits for the organizer's approval.
    #[serde(rename = "registration.requested")]
    RegistrationRequested,
    /// The organizer has approved a registration: it has a seat, or is on the waiting list.
    #[serde(rename = "registration.approved")]
    RegistrationApproved,
    /// The organizer has rejected or removed a registration.
    #[serde(rename = "registration.rejected")]
    RegistrationRejected,
    /// A registration was given a seat: as the first on the waiting list, or by the organizer.
    #[serde(rename = "registration.promoted")]
    RegistrationPromoted,
    /// The confirmation of a registration is in the participant's mailbox.
    #[serde(rename = "registration.confirmed")]
    RegistrationConfirmed,
    /// A participant has cancelled a registration.
    #[serde(rename = "registration.cancelled")]
    RegistrationCancelled,
    /// A competition was created, or a draft was published for the first time.
    #[serde(rename = "competition.published")]
    CompetitionPublished,
    /// Fields of a competition were changed.
    #[serde(rename = "competition.changed")]
    CompetitionChanged,
    /// A competition was cancelled.
    #[serde(rename = "competition.cancelled")]
    CompetitionCancelled,
    /// The last seat of a competition was taken.
    #[serde(rename = "competition.full")]
    CompetitionFull,
    /// The organizer has asked for a test. It is sent to webhooks of any event types.
    #[serde(rename = "webhook.test")]
    Test,
}

impl EventType {
    /// The types that a webhook can choose.
    pub const CHOICES: [Self; 12] = [
        Self::RegistrationCreated,
        Self::RegistrationWaitlisted,
        Self::RegistrationRequested,
        Self::RegistrationApproved,
        Self::RegistrationRejected,
        Self::RegistrationPromoted,
        Self::RegistrationConfirmed,
        Self::RegistrationCancelled,
        Self::CompetitionPublished,
        Self::CompetitionChanged,
        Self::CompetitionCancelled,
        Self::CompetitionFull,
    ];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RegistrationCreated => "registration.created",
            Self::RegistrationWaitlisted => "registration.waitlisted",
            Self::RegistrationRequested => "registration.requested",
            Self::RegistrationApproved => "registration.approved",
            Self::RegistrationRejected => "registration.rejected",
            Self::RegistrationPromoted => "registration.promoted",
            Self::RegistrationConfirmed => "registration.confirmed",
            Self::RegistrationCancelled => "registration.cancelled",
            Self::CompetitionPublished => "competition.published",
            Self::CompetitionChanged => "competition.changed",
            Self::CompetitionCancelled => "competition.cancelled",
            Self::CompetitionFull => "competition.full",
            Self::Test => "webhook.test",
        }
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EventType {
    type Err = String;

    /// Reads one of [`Self::CHOICES`].
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::CHOICES.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| {
            let names = Self::CHOICES.map(Self::as_str).join(", ");
            format!("Event types must be of: {names}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_event_types_are_the_same_in_json_and_text() {
        for kind in EventType::CHOICES.into_iter().chain([EventType::Test]) {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(kind.as_str().parse() == Ok(kind), kind != EventType::Test);
        }
    }
}
