//! The tabs of the pages where a competition is managed.

use domain::CompetitionId;

use crate::pages::competitions::address::{
    manage, manage_settings, messages, participants, questions, waiting_list,
};

/// A tab of the pages where a competition is managed. Each is a page with an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pages::competitions) enum ManageTab {
    /// How far it is.
    Overview,
    /// Who is registered.
    Participants,
    /// Who waits for a seat.
    WaitingList,
    /// What the organizer writes to participants.
    Messages,
    /// What participants are asked.
    Questions,
    /// Everything that can be changed.
    Settings,
}

impl ManageTab {
    /// Every tab there is, in order.
    pub(super) const ALL: [Self; 6] = [
        Self::Overview,
        Self::Participants,
        Self::WaitingList,
        Self::Messages,
        Self::Questions,
        Self::Settings,
    ];

    /// The text of the tab.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Participants => "Participants",
            Self::WaitingList => "Waiting list",
            Self::Messages => "Messages",
            Self::Questions => "Questions",
            Self::Settings => "Settings",
        }
    }

    /// The address of its page.
    pub(in crate::pages::competitions) fn address(self, id: CompetitionId) -> String {
        match self {
            Self::Overview => manage(id),
            Self::Participants => participants(id),
            Self::WaitingList => waiting_list(id),
            Self::Messages => messages(id),
            Self::Questions => questions(id),
            Self::Settings => manage_settings(id),
        }
    }
}
