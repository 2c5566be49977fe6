//! What a participant has of a competition and can give up, in words.

use domain::RegistrationStatus;
use serde::{Deserialize, Serialize};

/// What an active registration is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// A seat.
    #[default]
    Seat,
    /// A position on the waiting list.
    WaitingList,
    /// A request that waits for the organizer's approval.
    Request,
}

impl Claim {
    /// `None` for a registration that is not active.
    pub(crate) fn of(status: RegistrationStatus) -> Option<Self> {
        match status {
            RegistrationStatus::Pending | RegistrationStatus::Confirmed => Some(Self::Seat),
            RegistrationStatus::Waitlisted => Some(Self::WaitingList),
            RegistrationStatus::AwaitingApproval => Some(Self::Request),
            RegistrationStatus::Cancelled
            | RegistrationStatus::Rejected
            | RegistrationStatus::Failed => None,
        }
    }

    /// The value in a form.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Seat => "seat",
            Self::WaitingList => "waiting_list",
            Self::Request => "request",
        }
    }

    /// The title of the page, without the competition.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Seat => "Cancel your registration",
            Self::WaitingList => "Leave the waiting list",
            Self::Request => "Withdraw your request",
        }
    }

    /// What giving it up means, if others wait for a seat and if not.
    pub(super) fn consequence(self, others_wait: bool) -> &'static str {
        match self {
            Self::Seat if others_wait => {
                "Your seat goes to the first on the waiting list straight away. "
            }
            Self::Seat => "Your seat becomes available to others straight away. ",
            Self::WaitingList => "You lose your position in line. ",
            Self::Request => "The organizer no longer decides on it. ",
        }
    }

    /// On what condition the participant can register again.
    pub(super) fn condition(self, others_wait: bool) -> &'static str {
        match self {
            Self::Seat if !others_wait => ", if a seat is left.",
            Self::Seat | Self::WaitingList => ", at the end of the list, if it is not full.",
            Self::Request => ".",
        }
    }

    /// The button that gives it up.
    pub(crate) fn button(self) -> &'static str {
        match self {
            Self::Seat => "Cancel registration",
            Self::WaitingList => "Leave waiting list",
            Self::Request => "Withdraw request",
        }
    }

    /// The link that keeps it.
    pub(super) fn keep(self) -> &'static str {
        match self {
            Self::Seat => "Keep registration",
            Self::WaitingList => "Stay on the list",
            Self::Request => "Keep request",
        }
    }

    /// The message once it is given up.
    #[cfg(feature = "ssr")]
    pub(super) fn done(self) -> &'static str {
        match self {
            Self::Seat => "Your registration is cancelled",
            Self::WaitingList => "You have left the waiting list",
            Self::Request => "You have withdrawn your request",
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn active_registrations_can_be_given_up_and_no_others() {
        for status in RegistrationStatus::ALL {
            let claim = Claim::of(status);
            assert_eq!(claim.is_some(), status.is_active(), "{status}");
            assert_eq!(claim == Some(Claim::Seat), status.holds_seat(), "{status}");
        }
    }

    #[test]
    fn the_value_in_a_form_is_read_as_the_claim() {
        for claim in [Claim::Seat, Claim::WaitingList, Claim::Request] {
            assert_eq!(serde_json::json!(claim), claim.as_str());
        }
    }
}
