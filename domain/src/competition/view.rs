//! Competitions as clients see them.

use serde::{Deserialize, Serialize};

use super::{CompetitionStatus, Organizer, ReminderOffsets, Room, Sections};
use crate::{
    AccessMode, CompetitionId, Cover, Dates, Page, Question, Timestamp, UserId, Visibility,
};

/// A competition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Competition {
    /// Which one.
    pub id: CompetitionId,
    /// One line.
    #[cfg_attr(feature = "openapi", schema(example = "Code Sprint"))]
    pub title: String,
    /// Markdown.
    #[cfg_attr(feature = "openapi", schema(example = "24 hours of code"))]
    pub description: String,
    /// In the order the organizer gave them.
    #[cfg_attr(feature = "openapi", schema(example = json!(["coding"])))]
    pub tags: Vec<String>,
    /// Seats in all.
    #[cfg_attr(feature = "openapi", schema(example = 50))]
    pub capacity: u32,
    /// Seats that are not taken.
    #[cfg_attr(feature = "openapi", schema(example = 49))]
    pub seats_left: u32,
    /// How many may wait when no seat is left; 0 when there is no waiting list.
    #[cfg_attr(feature = "openapi", schema(required, example = 20))]
    #[serde(default)]
    pub waitlist_capacity: u32,
    /// How many are on the waiting list.
    #[cfg_attr(feature = "openapi", schema(required, example = 0))]
    #[serde(default)]
    pub waitlisted: u32,
    /// Until when a seat that becomes free goes to the first on the waiting list; `null` when that
    /// is the deadline.
    #[cfg_attr(feature = "openapi", schema(required))]
    #[serde(default)]
    pub promote_until: Option<Timestamp>,
    /// Whether its organizer approves each registration before it gets a seat.
    #[cfg_attr(feature = "openapi", schema(required, example = false))]
    #[serde(default)]
    pub approval_required: bool,
    /// How long before the start participants are reminded, in minutes, the first reminder first.
    #[cfg_attr(
        feature = "openapi",
        schema(
            required, value_type = Vec<crate::ReminderMinutes>, max_items = 3,
            example = json!([1440]),
        )
    )]
    #[serde(default)]
    pub reminder_offsets: ReminderOffsets,
    /// Who can register.
    #[cfg_attr(feature = "openapi", schema(required, example = "OPEN"))]
    #[serde(default)]
    pub access: AccessMode,
    /// When registration closes.
    pub reg_deadline: Timestamp,
    /// After the deadline, if it is set.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub start_date: Option<Timestamp>,
    /// After the start, if it is set.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub ends_at: Option<Timestamp>,
    /// When registration opens; `null` if it was open from the start.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub reg_opens_at: Option<Timestamp>,
    /// The IANA time zone of the competition.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin"))]
    pub time_zone: String,
    /// What it is about, in one line.
    #[cfg_attr(feature = "openapi", schema(required, example = "Build something in a day"))]
    pub summary: Option<String>,
    /// Where it takes place.
    #[cfg_attr(feature = "openapi", schema(required, example = "Town Hall"))]
    pub venue_name: Option<String>,
    /// The address of the venue.
    #[cfg_attr(feature = "openapi", schema(required, example = "Rathausplatz 1, 10115 Berlin"))]
    pub venue_address: Option<String>,
    /// Whether it has an online link, which its organizer and registered people see.
    #[cfg_attr(feature = "openapi", schema(required, example = false))]
    #[serde(default)]
    pub is_online: bool,
    /// A page elsewhere with more about it.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub website: Option<String>,
    /// Where questions about it go.
    #[cfg_attr(feature = "openapi", schema(required, example = "team@sprint.example"))]
    #[serde(default)]
    pub contact_email: Option<String>,
    /// Its cover; `null` when it has none.
    #[cfg_attr(feature = "openapi", schema(required))]
    #[serde(default)]
    pub cover: Option<Cover>,
    /// Who can see it, and who can find it.
    #[cfg_attr(feature = "openapi", schema(required, example = "PUBLIC"))]
    #[serde(default)]
    pub visibility: Visibility,
    /// When its organizer cancelled it; `null` when it takes place.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub cancelled_at: Option<Timestamp>,
    /// Who runs it.
    pub organizer_id: UserId,
    /// Grows with every change.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub version: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Competition {
    /// Whether the deadline has passed at `now`. The deadline itself is too late.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        self.reg_deadline <= now
    }

    /// Whether registration has still to open at `now`. At the moment itself it is open.
    pub fn is_not_yet_open(&self, now: Timestamp) -> bool {
        self.reg_opens_at.is_some_and(|opens| opens > now)
    }

    /// Whether its organizer has cancelled it.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled_at.is_some()
    }

    /// Its times.
    pub fn dates(&self) -> Dates {
        Dates {
            opens: self.reg_opens_at,
            deadline: self.reg_deadline,
            promote_until: self.promote_until,
            start: self.start_date,
            end: self.ends_at,
        }
    }

    /// Whether it has started at `now`, as [`Dates::has_started`] has it.
    pub fn has_started(&self, now: Timestamp) -> bool {
        self.dates().has_started(now)
    }

    /// Whether it is over at `now`, as [`Dates::is_over`] has it.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.dates().is_over(now)
    }

    /// Whether it takes place at `now`, as [`Dates::is_under_way`] has it; a draft does not.
    pub fn is_under_way(&self, now: Timestamp) -> bool {
        !self.is_draft() && self.dates().is_under_way(now)
    }

    /// Whether its organizer can cancel it at `now`: until it is over. A draft, which is deleted by
    /// it, at any time.
    pub fn can_be_cancelled(&self, now: Timestamp) -> bool {
        !self.is_cancelled() && (self.is_draft() || !self.is_over(now))
    }

    /// Where it is in its life at `now`.
    pub fn status(&self, now: Timestamp) -> CompetitionStatus {
        match (self.is_closed(now), self.has_started(now)) {
            (false, _) => CompetitionStatus::Open,
            (true, false) => CompetitionStatus::Closed,
            (true, true) => CompetitionStatus::Over,
        }
    }

    /// Whether a seat that becomes free at `now` goes to the first on the waiting list.
    pub fn passes_seats_on(&self, now: Timestamp) -> bool {
        !self.is_cancelled() && self.dates().passes_seats_on(now)
    }

    /// When its waiting list ends, if it has one that does not end with registration.
    pub fn waitlist_end(&self) -> Option<Timestamp> {
        self.promote_until.filter(|_| self.waitlist_capacity > 0 || self.waitlisted > 0)
    }

    /// Whether only its organizer sees it.
    pub fn is_draft(&self) -> bool {
        self.visibility.is_draft()
    }

    /// Whether a registration that is made at `now` joins the waiting list; with approval, whether
    /// it does once it is approved.
    pub fn takes_waitlisted(&self, now: Timestamp) -> bool {
        self.is_open(now) && self.room().leads_to_waitlist()
    }

    /// Its room for one more registration.
    pub fn room(&self) -> Room {
        Room {
            seats_left: self.seats_left,
            waitlisted: self.waitlisted,
            waitlist_capacity: self.waitlist_capacity,
        }
    }

    /// Whether one can register at `now`, if a seat is left.
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.is_draft()
            && !self.is_cancelled()
            && !self.is_not_yet_open(now)
            && !self.is_closed(now)
    }
}

/// Numbers about a competition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompetitionCounts {
    /// Registrations that hold a seat.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub registrations: u32,
}

/// A competition as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompetitionDetail {
    /// The competition.
    #[serde(flatten)]
    pub competition: Competition,
    /// Who runs it.
    pub organizer: Organizer,
    /// Seats taken.
    #[serde(rename = "_count")]
    pub count: CompetitionCounts,
    /// Orders this state among those of [`super::SeatsChanged`]. Not part of the API.
    #[serde(skip)]
    pub sequence: u32,
    /// As in [`super::SeatsChanged`]. Not part of the API.
    #[serde(skip)]
    pub waitlist_departures: u32,
    /// Where it takes place online. Not part of the API: only its organizer and registered people
    /// may see it.
    #[serde(skip)]
    pub online_url: Option<String>,
    /// Its sections; empty in lists. Not part of the API: see [`CompetitionWithSections`].
    #[serde(skip)]
    pub sections: Sections,
    /// What participants are asked; empty in lists. Not part of the API: see
    /// [`CompetitionWithSections`].
    #[serde(skip)]
    pub questions: Vec<Question>,
    /// Counts the edits of its questions; 0 when it has never asked any. Not part of the API.
    #[serde(skip)]
    pub questions_version: u32,
}

/// A competition as the public sees it, with its sections and questions. Lists do not have them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompetitionWithSections {
    /// The competition.
    #[serde(flatten)]
    pub detail: CompetitionDetail,
    /// Its sections.
    #[serde(flatten)]
    pub sections: Sections,
    /// What participants are asked when they register, in order.
    pub questions: Vec<Question>,
}

impl From<CompetitionDetail> for CompetitionWithSections {
    fn from(mut detail: CompetitionDetail) -> Self {
        let sections = std::mem::take(&mut detail.sections);
        let questions = std::mem::take(&mut detail.questions);
        Self { detail, sections, questions }
    }
}

/// A competition with who runs it: the answer to its creation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CompetitionWithOrganizer {
    /// The competition.
    #[serde(flatten)]
    pub competition: Competition,
    /// Where it takes place online.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    #[serde(default)]
    pub online_url: Option<String>,
    /// Its sections.
    #[serde(flatten)]
    pub sections: Sections,
    /// What participants are asked when they register, in order.
    #[cfg_attr(feature = "openapi", schema(required))]
    #[serde(default)]
    pub questions: Vec<Question>,
    /// Who runs it.
    pub organizer: Organizer,
}

/// A competition as its organizer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CompetitionWithCount {
    /// The competition.
    #[serde(flatten)]
    pub competition: Competition,
    /// Where it takes place online.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub online_url: Option<String>,
    /// Registrations that wait for approval.
    #[cfg_attr(feature = "openapi", schema(example = 0))]
    pub awaiting_approval: u32,
    /// Seats taken.
    #[serde(rename = "_count")]
    pub count: CompetitionCounts,
}

/// What the page of competitions shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompetitionPage {
    /// The competitions that match.
    pub found: Page<CompetitionDetail>,
    /// Tags of open competitions, most used first, to filter by.
    pub popular_tags: Vec<String>,
    /// Whether any competition is open at all: "no match" differs from "none yet".
    pub any_open: bool,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_response_that_an_earlier_release_has_stored_is_read() {
        let id = "01939c2e-7b5a-7000-8000-000000000001";
        let stored = json!({
            "id": id, "title": "Chess", "description": "Seven rounds", "tags": [], "capacity": 5,
            "seatsLeft": 5, "regDeadline": "2026-11-24T12:00:00.000Z", "startDate": null,
            "regOpensAt": null, "timeZone": "UTC", "cancelledAt": null, "organizerId": id,
            "version": 1, "createdAt": "2026-11-23T12:00:00.000Z",
            "updatedAt": "2026-11-23T12:00:00.000Z",
            "organizer": { "id": id, "name": "Ada", "email": "ada@example.com" },
        });
        let read: CompetitionWithOrganizer = serde_json::from_value(stored).unwrap();
        assert_eq!((read.competition.venue_name, read.competition.is_online), (None, false));
        assert_eq!((read.competition.contact_email, read.sections), (None, Sections::default()));
        assert_eq!((read.online_url, read.competition.visibility), (None, Visibility::Public));
        assert_eq!(read.questions, []);
    }
}
