//! The rules of admission, without I/O: what a batch has read of its competition, and what it has
//! decided so far.

mod access;
mod addition;
mod competition;
mod registration;
mod review;
mod waiting_list;

use std::collections::{HashMap, VecDeque};

use chrono::TimeDelta;
use domain::{EventType, GivenAnswer, RegistrationId, RegistrationStatus, Timestamp, UserId};
use sea_orm::prelude::{DateTimeUtc, Uuid};

use self::access::AccessRules;
use super::{
    changes::{Changes, NewAnswers},
    command::{AdmissionCommand, Request},
    decision::Verdict,
    parts::{NewParts, Parts},
    store::CompetitionRead,
};
use crate::{
    Cause, Result,
    cancellation_notice::NotifyOfCancellation,
    change_notice::NotifyOfChange,
    confirmation::{SeatFrom, ToConfirm},
    entity,
    jobs::{BackgroundJob, NewJob},
    registration_notice::{NotifyOfOwnChanges, OwnChange, OwnChangeKind},
    review_notice::NotifyOfReviews,
    webhooks::{Event, PublishEvents},
};

const CANCELLED: &str = "Competition was cancelled";
const OVER: &str = "Competition is over";
const UNDER_WAY: &str = "Competition has started";

/// A competition as it was read, and as it will be when the batch commits.
#[derive(Debug)]
pub(super) struct Ledger {
    now: Timestamp,
    before: entity::competition::Model,
    after: entity::competition::Model,
    /// By user.
    registrations: HashMap<UserId, Entry>,
    /// Whose the registrations are that were read.
    users: HashMap<RegistrationId, UserId>,
    /// The first on the waiting list, in order. Their registrations are among those above.
    line: VecDeque<UserId>,
    parts: Parts,
    new_parts: NewParts,
    access: AccessRules,
    /// What its organizer has decided on registrations, in order.
    reviews: Vec<entity::registration_event::Model>,
    /// The decisions that may need a notice.
    notices: Vec<Uuid>,
    /// The first request with one of them.
    noticed_by: Cause,
    /// For webhooks, in order; none for a competition without webhooks.
    events: Vec<Event>,
    /// The first request that has an event. One job publishes the events of all.
    published_by: Cause,
    /// The request that has cancelled the competition.
    cancelled_by: Cause,
    /// Edits that participants are notified of, and the requests that have made them.
    competition_changes: Vec<(entity::competition_change::Model, Cause)>,
}

#[derive(Debug)]
struct Entry {
    row: entity::registration::Model,
    write: RowWrite,
    /// The request that has made the registration, or has freed its seat.
    cause: Cause,
    /// How it has got its seat, if it has got one.
    seat_from: SeatFrom,
    /// What its participant has done, if they are notified of it.
    own_change: Option<OwnChangeKind>,
    /// The answers that it was made with; `None` for a registration as it was read.
    answers: Option<Vec<GivenAnswer>>,
}

impl Entry {
    /// A row as it was read.
    fn unchanged(row: entity::registration::Model) -> Self {
        Self {
            row,
            write: RowWrite::Unchanged,
            cause: Cause::default(),
            seat_from: SeatFrom::default(),
            own_change: None,
            answers: None,
        }
    }

    /// Gives the registration a seat, because of a request. The competition counts it apart.
    fn give_seat(&mut self, now: Timestamp, cause: &Cause, seat_from: SeatFrom) {
        let row = self.row_mut();
        row.status = RegistrationStatus::Pending;
        row.waitlist_number = None;
        row.registered_at = renewed_at(now, row);
        row.updated_at = row.registered_at;
        self.cause = cause.clone();
        self.seat_from = seat_from;
        self.own_change = None;
    }

    /// The row, to change it.
    fn row_mut(&mut self) -> &mut entity::registration::Model {
        if self.write == RowWrite::Unchanged {
            self.write = RowWrite::Update;
        }
        &mut self.row
    }
}

/// When an earlier registration is made anew, or gets a seat: later than before, because the dedup
/// key of the confirmation has this time.
fn renewed_at(now: Timestamp, earlier: &entity::registration::Model) -> DateTimeUtc {
    now.utc().max(earlier.registered_at + TimeDelta::milliseconds(1))
}

/// How a row is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RowWrite {
    Unchanged,
    Update,
    Insert,
}

impl Ledger {
    /// Begins with a competition as it was read.
    pub(super) fn new(now: Timestamp, read: CompetitionRead) -> Self {
        let CompetitionRead { competition, registrations, line, parts, access } = read;
        let waiting = line.iter().map(|row| row.user_id).collect();
        let rows: Vec<_> = registrations.into_iter().chain(line).collect();
        let users = rows.iter().map(|row| (row.id, row.user_id)).collect();
        let registrations: HashMap<_, _> =
            rows.into_iter().map(|row| (row.user_id, Entry::unchanged(row))).collect();
        Self {
            users,
            now,
            before: competition.clone(),
            after: competition,
            access: AccessRules::new(access, registrations.values()),
            registrations,
            line: waiting,
            parts,
            new_parts: NewParts::default(),
            reviews: Vec::new(),
            notices: Vec::new(),
            noticed_by: Cause::default(),
            events: Vec::new(),
            published_by: Cause::default(),
            cancelled_by: Cause::default(),
            competition_changes: Vec::new(),
        }
    }

    /// The registration of a user who has one.
    fn entry_mut(&mut self, user: UserId) -> &mut Entry {
        self.registrations.get_mut(&user).expect("a registration of the user")
    }

    fn add_registration_event(&mut self, kind: EventType, row: &entity::registration::Model) {
        if self.before.has_webhooks {
            self.events.push(Event::of_registration(kind, self.now, row));
        }
    }

    fn add_competition_event(&mut self, kind: EventType) {
        if self.before.has_webhooks {
            self.events.push(Event::of_competition(kind, self.now, &self.after));
        }
    }

    /// Decides a request on top of those that were decided before it.
    ///
    /// # Errors
    /// Forbidden, or the draft of another organizer; then the command has changed nothing.
    pub(super) fn decide(&mut self, request: &Request) -> Result<Verdict> {
        let had_events = !self.events.is_empty();
        // An earlier release passes no seat on.
        self.pass_seats_on(&request.cause);
        let verdict = self.decide_command(request);
        if !had_events && !self.events.is_empty() {
            self.published_by = request.cause.clone();
        }
        verdict
    }

    fn decide_command(&mut self, request: &Request) -> Result<Verdict> {
        let user = &request.user;
        self.require_visible_to(user)?;
        match &request.command {
            AdmissionCommand::Register(form) => {
                self.refuse_organizer(user)?;
                Ok(self.register(request, form))
            }
            AdmissionCommand::CancelRegistration => Ok(self.cancel_registration(request)),
            AdmissionCommand::EditCompetition { edit, if_match } => {
                self.require_organizer(
                    user,
                    "Only the organizer of this competition may change it",
                )?;
                Ok(self.edit_competition(request, edit, if_match.as_ref()))
            }
            AdmissionCommand::CancelCompetition { if_match } => {
                self.require_organizer(
                    user,
                    "Only the organizer of this competition may cancel it",
                )?;
                Ok(self.cancel_competition(request, if_match.as_ref()))
            }
            AdmissionCommand::ReviewRegistrations(review) => {
                self.require_organizer(
                    user,
                    "Only the organizer of this competition may decide on registrations",
                )?;
                Ok(self.review(request, review))
            }
            AdmissionCommand::AddParticipant { participant, adds_seat } => {
                self.require_organizer(
                    user,
                    "Only the organizer of this competition may add participants",
                )?;
                Ok(self.add_participant(request, participant, *adds_seat))
            }
        }
    }

    /// What the batch has to write.
    pub(super) fn into_changes(mut self) -> Changes {
        // A batch that takes the last seat and frees another leaves a seat: no event.
        if self.after.is_full() && !self.before.is_full() && self.after.cancelled_at.is_none() {
            self.add_competition_event(EventType::CompetitionFull);
        }
        let (mut inserted, mut updated) = (Vec::new(), Vec::new());
        let (mut to_confirm, mut jobs) = (Vec::new(), Vec::new());
        let (mut own_changes, mut changed_by) = (Vec::new(), None);
        let mut changed: Vec<_> = self
            .registrations
            .into_values()
            .filter(|entry| entry.write != RowWrite::Unchanged)
            .collect();
        // A fixed order. Ids grow with time, so first registrations are in the order of arrival.
        changed.sort_unstable_by_key(|entry| entry.row.id);
        let mut answers = NewAnswers::default();
        for Entry { row, write, cause, seat_from, own_change, answers: given } in changed {
            if let Some(given) = given {
                answers.add(row.id, given, write == RowWrite::Update);
            }
            if let Some(kind) = own_change {
                own_changes.push(OwnChange::of(&row, kind));
                changed_by.get_or_insert_with(|| cause.clone());
            }
            if row.status == RegistrationStatus::Pending {
                to_confirm.push(ToConfirm::new(row.id, cause).with_seat_from(seat_from));
            }
            if write == RowWrite::Insert { inserted.push(row) } else { updated.push(row) }
        }
        if self.before.cancelled_at != self.after.cancelled_at {
            let competition_id = self.after.id;
            let job = NotifyOfCancellation { competition_id };
            let key = format!("{}:{competition_id}", NotifyOfCancellation::NAME);
            jobs.push(NewJob::from(job).with_key(key).caused_by(self.cancelled_by));
        }
        jobs.extend(
            self.competition_changes
                .iter()
                .map(|(change, cause)| NotifyOfChange::job(change).caused_by(cause.clone())),
        );
        let competition_changes = self.competition_changes.into_iter().map(|(change, _)| change);
        let notify = NotifyOfReviews::jobs(&self.notices);
        jobs.extend(notify.map(|job| job.caused_by(self.noticed_by.clone())));
        let changed_by = changed_by.unwrap_or_default();
        let notify = NotifyOfOwnChanges::jobs(&own_changes);
        jobs.extend(notify.map(|job| job.caused_by(changed_by.clone())));
        if !self.events.is_empty() {
            let job = PublishEvents::of(&self.after, self.events);
            jobs.push(NewJob::from(job).caused_by(self.published_by));
        }
        // Registrations and cancellations may cancel out: then the row stays as it is, and the
        // batch commits without a compare-and-set. The lock on the row has excluded other batches
        // until then, and on PostgreSQL SERIALIZABLE as well.
        let is_changed = self.after != self.before;
        Changes {
            inserted,
            updated,
            events: self.reviews,
            competition_changes: competition_changes.collect(),
            answers,
            to_confirm,
            accepted: self.access.accepted,
            jobs,
            competition: is_changed.then_some((self.before, self.after)),
            parts: self.new_parts,
        }
    }
}
