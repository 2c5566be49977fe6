//! The lists of registrations of a competition.

use domain::CompetitionId;
#[cfg(feature = "ssr")]
use domain::{RegistrationStatus, RosterOrder, RosterQuery, RosterSort};
use serde::{Deserialize, Serialize};

use crate::pages::competitions::managed::ManageTab;

/// A list of registrations of a competition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RosterList {
    /// All of them.
    Participants,
    /// Those on the waiting list, in its order.
    WaitingList,
}

impl RosterList {
    /// The tab that shows it.
    pub(super) fn tab(self) -> ManageTab {
        match self {
            Self::Participants => ManageTab::Participants,
            Self::WaitingList => ManageTab::WaitingList,
        }
    }

    /// The address of its page.
    pub(super) fn address(self, id: CompetitionId) -> String {
        self.tab().address(id)
    }

    /// The whole query of a page: the waiting list has one status and one order.
    #[cfg(feature = "ssr")]
    pub(super) fn query(self, asked: RosterQuery) -> RosterQuery {
        let in_line = RosterSort { by: RosterOrder::Waitlist, descending: false };
        match self {
            Self::Participants => asked,
            Self::WaitingList => RosterQuery {
                status: Some(RegistrationStatus::Waitlisted.as_str().to_owned()),
                sort: Some(in_line.name()),
                ..asked
            },
        }
    }
}
