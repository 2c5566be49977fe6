//! What a competition is about, in few words.

use domain::Competition;

use crate::markdown;

/// The summary that the organizer wrote, or the beginning of the description as plain text.
pub fn summary(competition: &Competition) -> String {
    let written = competition.summary.clone();
    written.unwrap_or_else(|| markdown::summary(&competition.description))
}
