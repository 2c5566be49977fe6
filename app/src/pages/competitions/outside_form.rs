//! What of a competition is not in its form, for the form and its preview.

use domain::{AccessMode, CompetitionDetail};

use super::CoverPicture;

/// What of a competition is not in its form.
#[derive(Clone, Debug, Default)]
pub(super) struct OutsideForm {
    /// The number of taken seats.
    pub(super) taken: u32,
    /// Its cover; without one, its pattern once it is saved.
    pub(super) cover: Option<CoverPicture>,
    /// Who may register.
    pub(super) access: AccessMode,
    /// Whether it asks questions.
    pub(super) asks: bool,
}

impl OutsideForm {
    pub(super) fn of(detail: &CompetitionDetail) -> Self {
        let competition = &detail.competition;
        Self {
            taken: detail.count.registrations,
            cover: Some(CoverPicture::of(competition.id, competition.cover.as_ref())),
            access: competition.access,
            asks: !detail.questions.is_empty(),
        }
    }
}
