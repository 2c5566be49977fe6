//! The roster of a competition: its registrations, with filters and orders.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    Answer, AnswerFilter, Faults, MAX_PAGE_SIZE, Organizer, Page, Paging, PublicError, Question,
    Registration, RegistrationStatus,
    competition::{filled, search},
};

/// A registration, as the organizer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RosterEntry {
    /// The registration.
    #[serde(flatten)]
    pub registration: Registration,
    /// Why the organizer has rejected it; `null` when it is not rejected, or without a reason.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    #[serde(rename = "rejectionReason")]
    pub rejection_reason: Option<String>,
    /// The access code that it was made with; `null` without one. The competition may not have it
    /// any more.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    #[serde(rename = "accessCode")]
    pub access_code: Option<String>,
    /// How many are on the waiting list up to this registration, counted from 1; `null` when it is
    /// not on the list.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    #[serde(rename = "waitlistPosition")]
    pub waitlist_position: Option<u32>,
    /// The answers to the questions of the competition, in their order; those to questions that it
    /// asks no more are the last.
    pub answers: Vec<Answer>,
    /// Who takes part.
    pub user: Organizer,
    /// Whether the mail server of the participant has refused their address for good: they read
    /// messages on the site only.
    #[serde(rename = "mailRefused")]
    pub mail_refused: bool,
}

/// The column that a roster is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RosterOrder {
    /// The time of the registration.
    #[default]
    Registered,
    /// The name, A to Z.
    Name,
    /// The name of the status.
    Status,
    /// The position on the waiting list, for the registrations on it.
    Waitlist,
}

/// The order of a roster, and its direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterSort {
    /// What it is ordered by.
    pub by: RosterOrder,
    /// Whether the order is descending.
    pub descending: bool,
}

impl RosterOrder {
    /// Every order there is.
    pub const ALL: [Self; 4] = [Self::Name, Self::Registered, Self::Status, Self::Waitlist];

    /// The name in the query string.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Name => "name",
            Self::Status => "status",
            Self::Waitlist => "waitlist",
        }
    }
}

impl RosterSort {
    /// The name in the query string: a `-` reverses.
    pub fn name(self) -> String {
        let sign = if self.descending { "-" } else { "" };
        format!("{sign}{}", self.by.as_str())
    }

    /// The order after a click on the column `by`: the other direction if it is sorted by it
    /// already.
    pub fn toggled(self, by: RosterOrder) -> Self {
        Self { by, descending: self.by == by && !self.descending }
    }
}

schema!(
    RosterSort,
    crate::schema::one_of(
        "The order of a list of participants; a `-` reverses",
        RosterOrder::ALL.into_iter().flat_map(|by| [false, true].map(|descending| Self {
            by,
            descending
        }
        .name()))
    )
);

impl FromStr for RosterSort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.strip_prefix('-');
        let descending = name.is_some();
        let name = name.unwrap_or(text);
        let by = RosterOrder::ALL.into_iter().find(|order| order.as_str() == name);
        let wrong = "Sort must be registered, name, status or waitlist, with a - before it to \
                     reverse it";
        by.map(|by| Self { by, descending }).ok_or_else(|| wrong.into())
    }
}

/// The query string of a roster, unchecked. Fields that are empty are as good as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RosterQuery {
    /// A [`RegistrationStatus`].
    pub status: Option<String>,
    /// Words of the name or address, in any order and case.
    pub search: Option<String>,
    /// An [`AnswerFilter`].
    pub answer: Option<String>,
    /// A [`RosterSort`].
    pub sort: Option<String>,
    /// Counted from 1.
    pub page: Option<String>,
    /// Items on a page.
    pub limit: Option<String>,
}

/// Which part of a roster to show, checked.
#[derive(Clone, Debug)]
pub struct RosterFilter {
    /// With this status only.
    pub status: Option<RegistrationStatus>,
    /// Lower case, if anything is searched for.
    pub search: Option<String>,
    /// With this answer only.
    pub answer: Option<AnswerFilter>,
    /// The order.
    pub sort: RosterSort,
    /// The page.
    pub paging: Paging,
}

impl RosterQuery {
    /// Applies every rule.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(&self) -> Result<RosterFilter, PublicError> {
        use RegistrationStatus::Waitlisted;

        let mut faults = Faults::default();
        let status = filled(&self.status).map(str::parse).transpose();
        let status = faults.check("status", status);
        let search = faults.check("search", search(filled(&self.search)));
        let answer = faults.check("answer", filled(&self.answer).map(str::parse).transpose());
        let sort =
            faults.check("sort", filled(&self.sort).map_or(Ok(RosterSort::default()), str::parse));
        let is_by_waitlist = sort.is_some_and(|sort| sort.by == RosterOrder::Waitlist);
        if is_by_waitlist && status.is_some_and(|status| status != Some(Waitlisted)) {
            faults.add("sort", "Sort by waitlist needs the status WAITLISTED");
        }
        let (page, limit) = (self.page.as_deref(), self.limit.as_deref());
        let paging = Paging::parse(&mut faults, page, limit, MAX_PAGE_SIZE);
        let whole = || {
            Some(RosterFilter {
                status: status?,
                search: search?,
                answer: answer?,
                sort: sort?,
                paging: paging?,
            })
        };
        faults.finish(whole())
    }
}

/// The registrations for a competition, by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterTotals {
    /// Registered; the confirmation has not been sent yet.
    pub pending: u64,
    /// Registered and confirmed.
    pub confirmed: u64,
    /// On the waiting list.
    pub waitlisted: u64,
    /// Waiting for the organizer to approve them.
    pub awaiting_approval: u64,
    /// Cancelled by the participant.
    pub cancelled: u64,
    /// Rejected or removed by the organizer.
    pub rejected: u64,
    /// Always 0; see [`RegistrationStatus::Failed`].
    pub failed: u64,
}

impl RosterTotals {
    /// Adds to the count of a status.
    pub fn add(&mut self, status: RegistrationStatus, count: u64) {
        let total = match status {
            RegistrationStatus::Pending => &mut self.pending,
            RegistrationStatus::Confirmed => &mut self.confirmed,
            RegistrationStatus::Waitlisted => &mut self.waitlisted,
            RegistrationStatus::AwaitingApproval => &mut self.awaiting_approval,
            RegistrationStatus::Cancelled => &mut self.cancelled,
            RegistrationStatus::Rejected => &mut self.rejected,
            RegistrationStatus::Failed => &mut self.failed,
        };
        *total += count;
    }

    /// The sum of the active statuses.
    pub fn active(self) -> u64 {
        self.pending + self.confirmed + self.waitlisted + self.awaiting_approval
    }

    /// The sum of all statuses.
    pub fn all(self) -> u64 {
        self.active() + self.cancelled + self.rejected + self.failed
    }
}

/// What the page of a roster shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterPage {
    /// The registrations that match.
    pub found: Page<RosterEntry>,
    /// All registrations in numbers: "no match" differs from "none yet".
    pub totals: RosterTotals,
    /// The questions that the competition asks, in order.
    pub questions: Vec<Question>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_on_the_sorted_column_reverses_the_order() {
        for name in ["registered", "-registered", "name", "-name", "status", "-status", "waitlist"]
        {
            assert_eq!(name.parse::<RosterSort>().unwrap().name(), name);
        }
        for bad in ["", "-", "--name", "Name", "email"] {
            assert!(bad.parse::<RosterSort>().is_err(), "{bad}");
        }
        let sort = RosterSort::default();
        assert_eq!(sort.toggled(RosterOrder::Registered).name(), "-registered");
        assert_eq!(sort.toggled(RosterOrder::Name).name(), "name");
        assert_eq!(
            "-name".parse::<RosterSort>().unwrap().toggled(RosterOrder::Name).name(),
            "name"
        );
    }

    #[test]
    fn the_order_of_the_waiting_list_is_refused_for_other_statuses() {
        let query = |status: Option<&str>, sort: &str| RosterQuery {
            status: status.map(Into::into),
            sort: Some(sort.into()),
            ..RosterQuery::default()
        };
        for sort in ["waitlist", "-waitlist"] {
            query(Some("WAITLISTED"), sort).check().unwrap();
            for status in [None, Some("CONFIRMED")] {
                let refused = query(status, sort).check().unwrap_err();
                let about = refused.about("sort");
                assert_eq!(about, Some("Sort by waitlist needs the status WAITLISTED"));
            }
        }
    }
}
