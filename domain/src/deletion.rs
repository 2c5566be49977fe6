//! The preview of the deletion of an account.

use serde::{Deserialize, Serialize};

/// What deleting an account would do, for its owner to confirm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionPreview {
    /// Registrations of theirs for competitions that have not started: they are cancelled.
    pub seats: u64,
    /// Competitions of theirs that are not over and have registrations: they must be cancelled
    /// first.
    pub blocking: u64,
    /// Competitions of theirs that have never had a registration: they are deleted.
    pub deleted: u64,
    /// Competitions of theirs that are not over, and for which every registration was cancelled:
    /// they are cancelled.
    pub cancelled: u64,
    /// Competitions of theirs that are over or were cancelled before: they stay, with the organizer
    /// anonymized.
    pub kept: u64,
}
