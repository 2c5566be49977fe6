//! What a batch knows of its competition, and what it has decided so far. No I/O: the rules, and nothing else.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::{
    CompetitionEdit, CompetitionId, CompetitionWithOrganizer, Dates, ErrorCode, IfMatch, Organizer,
    PublicError, RegistrationId, RegistrationStatus, Tag, Timestamp, User,
};
use uuid::Uuid;

use super::request::{Outcome, Request, Wish};
use crate::{
    Result, competitions,
    entity::{competition, registration},
    ids::new_id,
    jobs::Job,
    registration::view,
};

/// What is said of a seat in a competition that does not take place.
const CANCELLED: &str = "Competition was cancelled";
/// What is said of a seat in a competition that is over, and to who would cancel it.
const OVER: &str = "Competition is over";

/// A competition as a batch has read it, and as it will be when the batch commits.
#[derive(Debug)]
pub(super) struct Ledger {
    now: Timestamp,
    before: competition::Model,
    after: competition::Model,
    seats: HashMap<Uuid, Seat>,
    tags: Vec<String>,
    new_tags: Option<Vec<Tag>>,
}

/// Somebody's registration.
#[derive(Debug)]
struct Seat {
    row: registration::Model,
    change: Change,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    None,
    Updated,
    Inserted,
}

/// Everything that a batch has to write about its competition.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) inserted: Vec<registration::Model>,
    pub(super) updated: Vec<registration::Model>,
    /// Jobs, each with its dedup key.
    pub(super) jobs: Vec<(Job, Option<String>)>,
    /// As it was and as it will be, if anything about it changes.
    pub(super) competition: Option<(competition::Model, competition::Model)>,
    pub(super) tags: Option<Vec<Tag>>,
}

impl Changes {
    /// Whether there is nothing to write.
    pub(super) fn is_none(&self) -> bool {
        self.inserted.is_empty() && self.updated.is_empty() && self.competition.is_none()
    }
}

impl Ledger {
    /// `seats` are the registrations of those who ask, `tags` the tags of the competition; the latter are needed by edits only.
    pub(super) fn new(
        now: Timestamp,
        competition: competition::Model,
        seats: Vec<registration::Model>,
        tags: Vec<String>,
    ) -> Self {
        let seat = |row: registration::Model| (row.user_id, Seat { row, change: Change::None });
        Self {
            now,
            before: competition.clone(),
            after: competition,
            seats: seats.into_iter().map(seat).collect(),
            tags,
            new_tags: None,
        }
    }

    /// Decides a request on top of all that were decided before it. The inner `Err` is an answer like any other.
    ///
    /// # Errors
    /// Forbidden; or a row that this program does not understand. Then nothing has changed.
    pub(super) fn decide(&mut self, request: &Request) -> Result<Result<Outcome, PublicError>> {
        self.decide_wish(request, &request.wish)
    }

    fn decide_wish(
        &mut self,
        request: &Request,
        wish: &Wish,
    ) -> Result<Result<Outcome, PublicError>> {
        match wish {
            Wish::Register => self.register(request),
            Wish::Cancel => self.cancel(&request.user),
            Wish::Edit(edit) => self.edit(&request.user, edit),
            Wish::CallOff => self.call_off(&request.user),
            Wish::If(condition, wish) => {
                self.require_organizer(
                    &request.user,
                    "Only the organizer of this competition may change it",
                )?;
                match self.unmet(condition) {
                    Some(refusal) => Ok(Err(refusal)),
                    None => self.decide_wish(request, wish),
                }
            }
        }
    }

    /// Why a change is refused that depends on the version. Once the competition is cancelled its
    /// version stays, and each change has an answer of its own: cancelling it has succeeded
    /// already, anything else is refused.
    fn unmet(&self, condition: &IfMatch) -> Option<PublicError> {
        let version = u32::try_from(self.after.revision).unwrap_or_default();
        if self.after.cancelled_at.is_some() || condition.accepts(version) {
            return None;
        }
        let message = format!(
            "This competition is not the version that If-Match asks for: it is version {version} now"
        );
        Some(PublicError::new(ErrorCode::PreconditionFailed, message))
    }

    /// The first reason against it is told, in the order that the API promises.
    fn register(&mut self, request: &Request) -> Result<Result<Outcome, PublicError>> {
        let user = &request.user;
        let earlier = self.seats.get(&user.id.0);
        let holds_seat = match earlier {
            Some(seat) => view::status(&seat.row)?.holds_seat(),
            None => false,
        };
        if let Some(refusal) = self.not_open() {
            return Ok(Err(refusal));
        }
        if holds_seat {
            let message = "Already registered for this competition";
            let refusal = PublicError::new(ErrorCode::AlreadyRegistered, message);
            let registration_id = earlier.map(|seat| RegistrationId(seat.row.id));
            return Ok(Err(PublicError { registration_id, ..refusal }));
        }
        if self.after.registered >= self.after.capacity {
            return Ok(Err(PublicError::new(ErrorCode::CompetitionFull, "Competition is full")));
        }
        // A new row, or the row of a seat that was given back.
        let (id, change) = match earlier {
            Some(Seat { row, change: Change::Inserted }) => (row.id, Change::Inserted),
            Some(Seat { row, .. }) => (row.id, Change::Updated),
            None => (new_id(), Change::Inserted),
        };
        // Never the same moment twice: it tells the confirmation of one seat from that of the next.
        let registered_at = earlier.map_or(self.now.utc(), |seat| {
            self.now.utc().max(seat.row.registered_at + TimeDelta::milliseconds(1))
        });
        let key = request.keyed.as_ref().map(|keyed| keyed.scope.key().to_string());
        let row = registration::Model {
            id,
            user_id: user.id.0,
            competition_id: self.after.id,
            status: RegistrationStatus::Pending.as_str().to_owned(),
            idempotency_key: key,
            registered_at,
            updated_at: registered_at,
            reminded_at: None,
            reminded_start: None,
            cancellation_told_at: None,
        };
        let registration = view::new_registration(row.clone(), &self.after, user)?;
        self.after.registered += 1;
        self.seats.insert(user.id.0, Seat { row, change });
        Ok(Ok(Outcome::Registered(Box::new(registration))))
    }

    /// Why nobody can register now, whoever asks and however many seats are left.
    fn not_open(&self) -> Option<PublicError> {
        let now = self.now.utc();
        let (code, message) = if self.after.cancelled_at.is_some() {
            (ErrorCode::CompetitionCancelled, CANCELLED)
        } else if self.after.reg_opens_at.is_some_and(|opens| opens > now) {
            (ErrorCode::RegistrationNotOpen, "Registration has not opened yet")
        } else if self.after.reg_deadline <= now {
            (ErrorCode::RegistrationClosed, "Registration deadline has passed")
        } else {
            return None;
        };
        Some(PublicError::new(code, message))
    }

    /// Giving back what was given back already is fine: the answer to the first time may have been
    /// lost. Once the competition is cancelled, who held a seat then stays known: they are the ones
    /// who are told. Once it is over, the roster says who took part.
    fn cancel(&mut self, user: &User) -> Result<Result<Outcome, PublicError>> {
        let Some(seat) = self.seats.get_mut(&user.id.0) else {
            let message = "You are not registered for this competition";
            return Ok(Err(PublicError::new(ErrorCode::NotRegistered, message)));
        };
        if view::status(&seat.row)?.holds_seat() {
            if self.after.cancelled_at.is_some() {
                return Ok(Err(PublicError::new(ErrorCode::CompetitionCancelled, CANCELLED)));
            }
            if dates(&self.after).is_over(self.now) {
                return Ok(Err(PublicError::new(ErrorCode::CompetitionOver, OVER)));
            }
            RegistrationStatus::Cancelled.as_str().clone_into(&mut seat.row.status);
            seat.row.updated_at = self.now.utc();
            if seat.change == Change::None {
                seat.change = Change::Updated;
            }
            self.after.registered -= 1;
        }
        Ok(Ok(Outcome::Cancelled))
    }

    fn edit(
        &mut self,
        user: &User,
        edit: &CompetitionEdit,
    ) -> Result<Result<Outcome, PublicError>> {
        self.require_organizer(user, "Only the organizer of this competition may change it")?;
        Ok(self.apply(edit).map(|()| self.as_changed_by(user)))
    }

    /// Cancelling what is cancelled already is fine: the answer to the first time may have been lost. Seats stay as they
    /// are: they say who is to be told. What is over cannot be cancelled: nobody needs to be told.
    fn call_off(&mut self, user: &User) -> Result<Result<Outcome, PublicError>> {
        self.require_organizer(user, "Only the organizer of this competition may cancel it")?;
        let after = &mut self.after;
        if after.cancelled_at.is_none() {
            if dates(after).is_over(self.now) {
                return Ok(Err(PublicError::new(ErrorCode::CompetitionOver, OVER)));
            }
            after.cancelled_at = Some(self.now.utc());
            after.updated_at = self.now.utc();
            after.revision += 1;
        }
        Ok(Ok(self.as_changed_by(user)))
    }

    fn require_organizer(&self, user: &User, message: &str) -> Result<()> {
        if self.after.organizer_id == user.id.0 {
            return Ok(());
        }
        Err(PublicError::new(ErrorCode::Forbidden, message).into())
    }

    fn as_changed_by(&self, user: &User) -> Outcome {
        let organizer =
            Organizer { id: user.id, name: user.name.clone(), email: user.email.clone() };
        let competition = competitions::view(self.after.clone(), self.tags.clone());
        Outcome::Edited(Box::new(CompetitionWithOrganizer { competition, organizer }))
    }

    /// All of an edit, or the reason against it and nothing of it. An edit after which everything
    /// is as it was changes nothing: nobody's version becomes stale.
    fn apply(&mut self, edit: &CompetitionEdit) -> Result<(), PublicError> {
        let current = &self.after;
        if current.cancelled_at.is_some() {
            return Err(competitions::cancelled_is_final());
        }
        if edit.version.is_some_and(|version| i64::from(version) != i64::from(current.revision)) {
            let message = "This competition was changed since you opened it. Look at what it is now, then try again.";
            return Err(PublicError::on_field(ErrorCode::StaleVersion, "version", message));
        }
        let capacity = edit.capacity.map_or(current.capacity, |capacity| {
            i32::try_from(capacity).expect("MAX_CAPACITY fits")
        });
        if capacity < current.registered {
            let message = format!(
                "Capacity must be at least {}: that many seats are taken",
                current.registered
            );
            let code = ErrorCode::CapacityBelowSeatsTaken;
            return Err(PublicError::on_field(code, "capacity", &message));
        }
        let dates = edit.dates(dates(current), self.now)?;

        let mut after = current.clone();
        after.capacity = capacity;
        after.reg_opens_at = dates.opens.map(Timestamp::utc);
        after.reg_deadline = dates.deadline.utc();
        after.start_date = dates.start.map(Timestamp::utc);
        if let Some(zone) = &edit.time_zone {
            after.time_zone = zone.to_string();
        }
        if let Some(title) = &edit.title {
            after.title = title.to_string();
        }
        if let Some(description) = &edit.description {
            after.description = description.to_string();
        }
        let labels = |tags: &Vec<Tag>| tags.iter().map(Tag::to_string).collect::<Vec<_>>();
        let new_tags = edit.tags.as_ref().filter(|tags| labels(tags) != self.tags);
        if after == self.after && new_tags.is_none() {
            return Ok(());
        }
        if let Some(tags) = new_tags {
            self.tags = labels(tags);
            self.new_tags = Some(tags.clone());
        }
        competitions::index_text(&mut after);
        if after.start_date != self.after.start_date {
            after.start_changed_at = Some(self.now.utc());
        }
        after.revision += 1;
        after.updated_at = self.now.utc();
        self.after = after;
        Ok(())
    }

    /// What is to be written.
    pub(super) fn changes(self) -> Changes {
        let (mut inserted, mut updated, mut jobs) = (Vec::new(), Vec::new(), Vec::new());
        let mut changed: Vec<_> =
            self.seats.into_values().filter(|seat| seat.change != Change::None).collect();
        // Ids grow with time: rows are written, and jobs run, in the order of arrival.
        changed.sort_unstable_by_key(|seat| seat.row.id);
        for Seat { row, change } in changed {
            if row.status == RegistrationStatus::Pending.as_str() {
                let registration_id = RegistrationId(row.id);
                let job = Job::ConfirmRegistration { registration_id };
                // A seat that is given back and taken again is confirmed again.
                let since = Timestamp::from(row.registered_at);
                let key = format!("{}:{registration_id}:{since}", job.kind());
                jobs.push((job, Some(key)));
            }
            if change == Change::Inserted { inserted.push(row) } else { updated.push(row) }
        }
        if self.before.cancelled_at != self.after.cancelled_at {
            let competition_id = CompetitionId(self.after.id);
            let job = Job::TellOfCancellation { competition_id };
            let key = format!("{}:{competition_id}", job.kind());
            jobs.push((job, Some(key)));
        }
        let is_changed = self.after != self.before;
        Changes {
            inserted,
            updated,
            jobs,
            competition: is_changed.then_some((self.before, self.after)),
            tags: self.new_tags,
        }
    }
}

fn dates(competition: &competition::Model) -> Dates {
    Dates {
        opens: competition.reg_opens_at.map(Timestamp::from),
        deadline: competition.reg_deadline.into(),
        start: competition.start_date.map(Timestamp::from),
    }
}
