//! The details of a saved competition that its form does not edit.

use domain::{AccessMode, CompetitionDetail};

use super::CoverPicture;

/// The details of a saved competition that its form does not edit; by default, those of one that is
/// not saved yet.
#[derive(Clone, Debug, Default)]
pub(super) struct SavedDetails {
    /// The number of taken seats.
    pub(super) taken: u32,
    /// How many wait for a seat.
    pub(super) waitlisted: u32,
    /// How many are notified of an edit.
    pub(super) participants: u32,
    /// Its cover; without one, its pattern once it is saved.
    pub(super) cover: Option<CoverPicture>,
    /// Who may register.
    pub(super) access: AccessMode,
    /// Whether it asks questions.
    pub(super) asks: bool,
}

impl SavedDetails {
    /// Of a competition with so many people who are notified of an edit.
    pub(super) fn of(detail: &CompetitionDetail, participants: u32) -> Self {
        let competition = &detail.competition;
        Self {
            taken: detail.count.registrations,
            waitlisted: competition.waitlisted,
            participants,
            cover: Some(CoverPicture::of(competition.id, competition.cover.as_ref())),
            access: competition.access,
            asks: !detail.questions.is_empty(),
        }
    }
}
