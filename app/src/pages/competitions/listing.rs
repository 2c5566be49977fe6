//! A competition in a list.

use domain::{CompetitionDetail, CompetitionId, Timestamp};
use serde::{Deserialize, Serialize};

use super::Availability;

/// Longest part of a description in a list, in characters.
const SUMMARY: usize = 160;

/// A competition in a list. The organizer's address is not in it: whatever a page shows, its data are sent
/// with it for all to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Which one.
    pub id: CompetitionId,
    /// One line.
    pub title: String,
    /// How the description begins.
    pub summary: String,
    /// In the order the organizer gave them.
    pub tags: Vec<String>,
    /// Places in all.
    pub capacity: u32,
    /// Places nobody holds.
    pub seats_left: u32,
    /// From this moment on nobody can register.
    pub reg_deadline: Timestamp,
    /// If it is set.
    pub start_date: Option<Timestamp>,
    /// The organizer's name.
    pub organizer: String,
    /// Whether it can be joined.
    pub availability: Availability,
}

impl Listing {
    /// As of `now`.
    pub fn of(detail: CompetitionDetail, now: Timestamp) -> Self {
        let CompetitionDetail { competition, organizer, .. } = detail;
        Self {
            availability: Availability::of(&competition, now),
            id: competition.id,
            title: competition.title,
            summary: summary(&competition.description),
            tags: competition.tags,
            capacity: competition.capacity,
            seats_left: competition.seats_left,
            reg_deadline: competition.reg_deadline,
            start_date: competition.start_date,
            organizer: organizer.name,
        }
    }
}

/// How a text begins, cut between words.
fn summary(text: &str) -> String {
    let mut summary = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        length += word.chars().count() + 1;
        if length > SUMMARY {
            summary.push('…');
            break;
        }
        if !summary.is_empty() {
            summary.push(' ');
        }
        summary.push_str(word);
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_words() {
        assert_eq!(summary("two\n\n lines "), "two lines");
        let cut = summary(&"word ".repeat(100));
        assert!(cut.ends_with("word…"), "{cut}");
        assert!(cut.chars().count() <= SUMMARY, "{cut}");
    }
}
