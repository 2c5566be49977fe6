//! The rules of admission, without I/O: what a batch has read of its competition, and what it has
//! decided so far.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::{
    CompetitionEdit, CompetitionWithOrganizer, ErrorCode, EventType, IfMatch, Organizer,
    PublicError, RegistrationId, RegistrationStatus, Tag, Timestamp, User, UserId,
};

use super::{
    command::{AdmissionCommand, Request},
    decision::{Effect, Verdict},
};
use crate::{
    Cause, Result,
    cancellation_notice::NotifyOfCancellation,
    confirmation::ConfirmRegistration,
    entity::{competition, registration},
    infrastructure::ids::new_id,
    jobs::{BackgroundJob, NewJob},
    webhooks::{Event, PublishEvents},
};

const CANCELLED: &str = "Competition was cancelled";
const OVER: &str = "Competition is over";

/// A competition as it was read, and as it will be when the batch commits.
#[derive(Debug)]
pub(super) struct Ledger {
    now: Timestamp,
    before: competition::Model,
    after: competition::Model,
    /// By user.
    registrations: HashMap<UserId, Entry>,
    tags: Vec<String>,
    new_tags: Option<Vec<Tag>>,
    /// For webhooks, in order; none for a competition without webhooks.
    events: Vec<Event>,
    /// The request that has cancelled the competition.
    cancelled_by: Cause,
}

#[derive(Debug)]
struct Entry {
    row: registration::Model,
    write: RowWrite,
    /// The request that has made the registration.
    cause: Cause,
}

/// How a row is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RowWrite {
    Unchanged,
    Update,
    Insert,
}

/// Everything that a batch writes about its competition.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) inserted: Vec<registration::Model>,
    pub(super) updated: Vec<registration::Model>,
    /// Jobs to insert.
    pub(super) jobs: Vec<NewJob>,
    /// The competition before and after, if it changes.
    pub(super) competition: Option<(competition::Model, competition::Model)>,
    /// The tags, if they change.
    pub(super) tags: Option<Vec<Tag>>,
}

impl Changes {
    pub(super) fn is_empty(&self) -> bool {
        self.inserted.is_empty() && self.updated.is_empty() && self.competition.is_none()
    }
}

impl Ledger {
    /// `registrations` are those of the users in the batch. `tags` are read only if a command
    /// [needs them](AdmissionCommand::needs_tags).
    pub(super) fn new(
        now: Timestamp,
        competition: competition::Model,
        registrations: Vec<registration::Model>,
        tags: Vec<String>,
    ) -> Self {
        let entry = |row: registration::Model| {
            (row.user_id, Entry { row, write: RowWrite::Unchanged, cause: Cause::default() })
        };
        Self {
            now,
            before: competition.clone(),
            after: competition,
            registrations: registrations.into_iter().map(entry).collect(),
            tags,
            new_tags: None,
            cancelled_by: Cause::default(),
            events: Vec::new(),
        }
    }

    fn add_registration_event(&mut self, kind: EventType, row: &registration::Model) {
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
    /// Forbidden; then nothing has changed.
    pub(super) fn decide(&mut self, request: &Request) -> Result<Verdict> {
        let user = &request.user;
        match &request.command {
            AdmissionCommand::Register => Ok(self.register(request)),
            AdmissionCommand::CancelRegistration => Ok(self.cancel_registration(user)),
            AdmissionCommand::EditCompetition { edit, if_match } => {
                self.require_organizer(
                    user,
                    "Only the organizer of this competition may change it",
                )?;
                Ok(self.edit_competition(user, edit, if_match.as_ref()))
            }
            AdmissionCommand::CancelCompetition { if_match } => {
                self.require_organizer(
                    user,
                    "Only the organizer of this competition may cancel it",
                )?;
                Ok(self.cancel_competition(request, if_match.as_ref()))
            }
        }
    }

    /// Checks run in this order because the API documents it.
    fn register(&mut self, request: &Request) -> Verdict {
        let user = &request.user;
        let earlier = self.registrations.get(&user.id);
        if let Some(refusal) = self.registration_refusal() {
            return Verdict::Refused(refusal);
        }
        if let Some(Entry { row, .. }) = earlier
            && row.status.holds_seat()
        {
            let message = "Already registered for this competition";
            return Verdict::Refused(PublicError {
                registration_id: Some(row.id),
                ..PublicError::new(ErrorCode::AlreadyRegistered, message)
            });
        }
        if self.after.registered >= self.after.capacity {
            let message = "Competition is full";
            return Verdict::Refused(PublicError::new(ErrorCode::CompetitionFull, message));
        }
        // Reuse the row of a cancelled registration.
        let (id, write) = match earlier {
            Some(Entry { row, write: RowWrite::Insert, .. }) => (row.id, RowWrite::Insert),
            Some(Entry { row, .. }) => (row.id, RowWrite::Update),
            None => (RegistrationId(new_id()), RowWrite::Insert),
        };
        // Strictly later than the previous registration, because the dedup key of the confirmation
        // job contains it.
        let registered_at = earlier.map_or(self.now.utc(), |Entry { row, .. }| {
            self.now.utc().max(row.registered_at + TimeDelta::milliseconds(1))
        });
        let key = request.keyed.as_ref().map(|keyed| keyed.key.idempotency_key().to_string());
        // No `..earlier`: a new column has to be decided here, for a reused row as well.
        let row = registration::Model {
            id,
            user_id: user.id,
            competition_id: self.after.id,
            status: RegistrationStatus::Pending,
            idempotency_key: key,
            registered_at,
            updated_at: registered_at,
            reminded_at: None,
            reminded_start: None,
            cancellation_notified_at: None,
        };
        let registration = row.clone().into_new_registration(&self.after, user);
        self.after.registered += 1;
        self.add_registration_event(EventType::RegistrationCreated, &row);
        let cause = request.cause.clone();
        self.registrations.insert(user.id, Entry { row, write, cause });
        Verdict::Granted(Effect::Registered(Box::new(registration)))
    }

    /// Why the competition takes no registrations from anyone now, seats left or not.
    fn registration_refusal(&self) -> Option<PublicError> {
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

    /// A repeated cancellation is granted: the response to the first may have been lost.
    ///
    /// Refused once the competition is cancelled: the notice goes to every user with a seat, so the
    /// seats stay as they were. Refused once it is over: the roster says who took part.
    fn cancel_registration(&mut self, user: &User) -> Verdict {
        let Some(Entry { row, write, .. }) = self.registrations.get_mut(&user.id) else {
            let message = "You are not registered for this competition";
            return Verdict::NotApplicable(PublicError::new(ErrorCode::NotRegistered, message));
        };
        if row.status.holds_seat() {
            if self.after.cancelled_at.is_some() {
                let code = ErrorCode::CompetitionCancelled;
                return Verdict::Refused(PublicError::new(code, CANCELLED));
            }
            if self.after.dates().is_over(self.now) {
                return Verdict::Refused(PublicError::new(ErrorCode::CompetitionOver, OVER));
            }
            row.status = RegistrationStatus::Cancelled;
            row.updated_at = self.now.utc();
            if *write == RowWrite::Unchanged {
                *write = RowWrite::Update;
            }
            let row = row.clone();
            self.after.registered -= 1;
            self.add_registration_event(EventType::RegistrationCancelled, &row);
        }
        Verdict::Granted(Effect::RegistrationCancelled)
    }

    fn edit_competition(
        &mut self,
        user: &User,
        edit: &CompetitionEdit,
        if_match: Option<&IfMatch>,
    ) -> Verdict {
        match self.check_precondition(if_match).and_then(|()| self.apply(edit)) {
            Ok(()) => self.changed_by(user),
            Err(refusal) => Verdict::Refused(refusal),
        }
    }

    /// A repeated cancellation is granted: the response to the first may have been lost.
    /// Registrations keep their seats, because they are the recipients of the notice.
    fn cancel_competition(&mut self, request: &Request, if_match: Option<&IfMatch>) -> Verdict {
        if let Err(refusal) = self.check_precondition(if_match) {
            return Verdict::Refused(refusal);
        }
        if self.after.cancelled_at.is_none() {
            if self.after.dates().is_over(self.now) {
                return Verdict::Refused(PublicError::new(ErrorCode::CompetitionOver, OVER));
            }
            self.after.cancelled_at = Some(self.now.utc());
            self.after.updated_at = self.now.utc();
            self.after.revision += 1;
            self.add_competition_event(EventType::CompetitionCancelled);
            self.cancelled_by = request.cause.clone();
        }
        self.changed_by(&request.user)
    }

    fn require_organizer(&self, user: &User, message: &str) -> Result<()> {
        if self.after.organizer_id == user.id {
            return Ok(());
        }
        Err(PublicError::new(ErrorCode::Forbidden, message).into())
    }

    /// Checks `If-Match` against the `revision`, which the API calls `version`. A cancelled
    /// competition passes: an edit is then refused as final, and a repeated cancellation granted.
    fn check_precondition(&self, if_match: Option<&IfMatch>) -> Result<(), PublicError> {
        let revision = u32::try_from(self.after.revision).unwrap_or_default();
        let is_met = if_match.is_none_or(|if_match| if_match.accepts(revision));
        if is_met || self.after.cancelled_at.is_some() {
            return Ok(());
        }
        let message = format!(
            "This competition is not the version that If-Match asks for: it is version {revision} \
             now"
        );
        Err(PublicError::new(ErrorCode::PreconditionFailed, message))
    }

    fn changed_by(&self, user: &User) -> Verdict {
        let organizer =
            Organizer { id: user.id, name: user.name.clone(), email: user.email.clone() };
        let competition = self.after.clone().into_view(self.tags.clone());
        let changed = CompetitionWithOrganizer { competition, organizer };
        Verdict::Granted(Effect::CompetitionChanged(Box::new(changed)))
    }

    /// Applies all of an edit or nothing. An edit without an effect leaves the `revision` as it is,
    /// so that no other edit becomes stale.
    fn apply(&mut self, edit: &CompetitionEdit) -> Result<(), PublicError> {
        let current = &self.after;
        if current.cancelled_at.is_some() {
            return Err(PublicError::cancelled_is_final());
        }
        // The API calls the revision `version`.
        let seen = edit.version.map(i64::from);
        if seen.is_some_and(|revision| revision != i64::from(current.revision)) {
            let message = "This competition was changed since you opened it. Look at what it is \
                           now, then try again.";
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
        let dates = edit.dates(current.dates(), self.now)?;

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
        after.update_search_columns();
        if after.start_date != self.after.start_date {
            after.start_changed_at = Some(self.now.utc());
        }
        after.revision += 1;
        after.updated_at = self.now.utc();
        self.after = after;
        self.add_competition_event(EventType::CompetitionChanged);
        Ok(())
    }

    /// What the batch has to write.
    pub(super) fn into_changes(mut self) -> Changes {
        // A batch that takes the last seat and frees another leaves a seat: no event.
        if self.after.is_full() && !self.before.is_full() && self.after.cancelled_at.is_none() {
            self.add_competition_event(EventType::CompetitionFull);
        }
        let (mut inserted, mut updated, mut jobs) = (Vec::new(), Vec::new(), Vec::new());
        let mut changed: Vec<_> = self
            .registrations
            .into_values()
            .filter(|entry| entry.write != RowWrite::Unchanged)
            .collect();
        // A fixed order. Ids grow with time, so first registrations are in the order of arrival.
        changed.sort_unstable_by_key(|entry| entry.row.id);
        for Entry { row, write, cause } in changed {
            if row.status == RegistrationStatus::Pending {
                let registration_id = row.id;
                let job = ConfirmRegistration { registration_id };
                // A registration that is cancelled and made again is confirmed again.
                let since = Timestamp::from(row.registered_at);
                let key = format!("{}:{registration_id}:{since}", ConfirmRegistration::NAME);
                jobs.push(NewJob::from(job).with_key(key).caused_by(cause));
            }
            if write == RowWrite::Insert { inserted.push(row) } else { updated.push(row) }
        }
        if self.before.cancelled_at != self.after.cancelled_at {
            let competition_id = self.after.id;
            let job = NotifyOfCancellation { competition_id };
            let key = format!("{}:{competition_id}", NotifyOfCancellation::NAME);
            jobs.push(NewJob::from(job).with_key(key).caused_by(self.cancelled_by));
        }
        if !self.events.is_empty() {
            jobs.push(PublishEvents::of(&self.after, self.events).into());
        }
        // Registrations and cancellations may cancel out: then the row stays as it is, and the
        // batch commits without a compare-and-set. The lock on the row has excluded other batches
        // until then, and on PostgreSQL SERIALIZABLE as well.
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
