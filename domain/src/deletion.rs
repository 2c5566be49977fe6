//! What becomes of others' things when an account is deleted.

use serde::{Deserialize, Serialize};

/// What deleting an account would do, in numbers, so that its owner knows before they confirm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionPreview {
    /// Seats of theirs in competitions that are not over: they become free.
    pub seats: u64,
    /// Competitions of theirs that are not over and in which participants hold seats: they must be
    /// cancelled first.
    pub blocking: u64,
    /// Competitions of theirs that nobody ever registered for: they are deleted.
    pub deleted: u64,
    /// Competitions of theirs that are not over, and for which every registration was cancelled:
    /// they are cancelled.
    pub cancelled: u64,
    /// Competitions of theirs that are over or were cancelled before: they stay, without a name.
    pub kept: u64,
}
