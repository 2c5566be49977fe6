//! The preview of the deletion of an account.

use serde::{Deserialize, Serialize};

/// What deleting an account would do, for its owner to confirm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionPreview {
    /// Competitions that have not started, for which they are registered: the registrations are
    /// cancelled.
    pub seats: NamedCompetitions,
    /// Registrations that stay in the history of others, without a name.
    pub past: u64,
    /// Messages in the mailbox: they are deleted, like all that follows.
    pub messages: u64,
    /// Personal access tokens.
    pub tokens: u64,
    /// Whether there is a calendar feed.
    pub has_calendar_feed: bool,
    /// Webhooks.
    pub webhooks: u64,
    /// Competitions of theirs that are not over and have registrations: they must be cancelled
    /// first.
    pub blocking: NamedCompetitions,
    /// Competitions of theirs that have never had a registration: they are deleted.
    pub deleted: NamedCompetitions,
    /// Competitions of theirs that are not over, and for which every registration was cancelled:
    /// they are cancelled.
    pub cancelled: NamedCompetitions,
    /// Competitions of theirs that are over or were cancelled before: they stay, with the organizer
    /// anonymized.
    pub kept: u64,
}

/// Some competitions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedCompetitions {
    /// How many there are.
    pub count: u64,
    /// The titles of the first of them.
    pub titles: Vec<String>,
}
