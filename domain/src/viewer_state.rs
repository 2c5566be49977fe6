//! The viewer of a competition.

use serde::{Deserialize, Serialize};

use crate::{Competition, RegistrationId, RegistrationStatus, Timestamp, User};

/// The viewer of a competition, and their registration for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewerState {
    /// The user; `None` for a visitor.
    pub user: Option<User>,
    /// The status of their registration, if there is one.
    pub registration: Option<RegistrationStatus>,
    /// The id of their registration.
    pub registration_id: Option<RegistrationId>,
    /// How many are on the waiting list up to their registration, if it is on it.
    pub waitlist_position: Option<u32>,
    /// Why the organizer has rejected it, if they have and gave a reason.
    pub rejection_reason: Option<String>,
}

impl ViewerState {
    /// Whether the viewer may see where the competition takes place online: its organizer and
    /// registered people.
    pub fn sees_online_link(&self, competition: &Competition) -> bool {
        let is_organizer =
            self.user.as_ref().is_some_and(|user| user.id == competition.organizer_id);
        let has_seat = self.registration.is_some_and(RegistrationStatus::holds_seat);
        is_organizer || (has_seat && !competition.is_cancelled())
    }

    /// Whether the viewer can change the answers of their registration at `now`.
    pub fn can_change_answers(&self, competition: &Competition, now: Timestamp) -> bool {
        let (is_cancelled, deadline) = (competition.is_cancelled(), competition.reg_deadline);
        self.registration.is_some_and(|status| {
            status.check_answers_can_change(is_cancelled, deadline, now).is_ok()
        })
    }
}
