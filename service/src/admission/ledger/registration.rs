//! The rules of registrations.

use domain::{ErrorCode, EventType, PublicError, RegistrationId, RegistrationStatus, UserId};

use super::{CANCELLED, Entry, Ledger, OVER, RowWrite, UNDER_WAY, access::AdmittedBy, renewed_at};
use crate::{
    admission::{
        RegistrationForm,
        answered_form::answers_at,
        command::Request,
        decision::{Effect, Verdict},
    },
    confirmation::SeatFrom,
    entity::{count, registration},
    infrastructure::ids::new_id,
    registration_notice::OwnChangeKind,
};

impl Ledger {
    /// Checks run in this order because the API documents it.
    pub(super) fn register(&mut self, request: &Request, form: &RegistrationForm) -> Verdict {
        let user = &request.user;
        let earlier = self.registrations.get(&user.id);
        if let Some(refusal) = self.registration_refusal() {
            return Verdict::Refused(refusal);
        }
        let already = self.already_registered(user.id, |status| match status {
            RegistrationStatus::Waitlisted => "Already on the waiting list for this competition",
            RegistrationStatus::AwaitingApproval => {
                "Already waiting for the approval of a registration for this competition"
            }
            _ => "Already registered for this competition",
        });
        if let Some(refusal) = already {
            return Verdict::Refused(refusal);
        }
        if let Some(Entry { row, .. }) = earlier
            && row.status == RegistrationStatus::Rejected
        {
            let message = "The organizer has rejected your registration for this competition";
            return Verdict::Refused(PublicError {
                registration_id: Some(row.id),
                ..PublicError::new(ErrorCode::RegistrationRejected, message)
            });
        }
        let admitted_by = match self.admit(user.id, form.access_code.as_ref()) {
            Ok(admitted_by) => admitted_by,
            // A form shows what is wrong in the answers together with it.
            Err(Verdict::NotApplicable(refusal)) => {
                let answers = form.answers.as_deref();
                let answers = answers_at(answers, count(self.after.questions_version)).err();
                let answers = answers.filter(|wrong| wrong.code == ErrorCode::ValidationFailed);
                let all = PublicError::joined([Some(refusal), answers].into_iter().flatten());
                return Verdict::NotApplicable(all.expect("a refusal"));
            }
            Err(refusal) => return refusal,
        };
        // A new registration never overtakes those that wait.
        let gets_seat = !self.after.is_full() && self.after.waitlisted == 0;
        if !gets_seat && self.after.waitlisted >= self.after.waitlist_capacity {
            let message = "Competition is full";
            return Verdict::Refused(PublicError::new(ErrorCode::CompetitionFull, message));
        }
        // The key stays unused: the answers can be corrected.
        let answers = match answers_at(form.answers.as_deref(), count(self.after.questions_version))
        {
            Ok(answers) => answers,
            Err(refusal) => return Verdict::NotApplicable(refusal),
        };
        let (mut row, write) = self.made_anew(user.id);
        match admitted_by {
            AdmittedBy::Nothing => {}
            AdmittedBy::Code(code) => row.access_code = Some(code),
            AdmittedBy::Invitation(invitation) => self.accept(invitation, user.id),
        }
        row.idempotency_key =
            request.keyed.as_ref().map(|keyed| keyed.key.idempotency_key().to_string());
        let event = if self.after.approval_required {
            self.after.awaiting_approval += 1;
            row.status = RegistrationStatus::AwaitingApproval;
            EventType::RegistrationRequested
        } else if gets_seat {
            self.after.registered += 1;
            EventType::RegistrationCreated
        } else {
            row.status = RegistrationStatus::Waitlisted;
            row.waitlist_number = Some(self.join_waiting_list(user.id));
            EventType::RegistrationWaitlisted
        };
        let registration = row.clone().into_new_registration(&self.after, user);
        self.add_registration_event(event, &row);
        // A competition that has never asked anything has no earlier answers to replace.
        let answers = (self.after.questions_version > 0).then_some(answers);
        let (cause, seat_from) = (request.cause.clone(), SeatFrom::default());
        let own_change =
            (row.status == RegistrationStatus::Waitlisted).then_some(OwnChangeKind::Waitlisted);
        let entry = Entry { row, write, cause, seat_from, own_change, answers };
        self.registrations.insert(user.id, entry);
        Verdict::Granted(Effect::Registered(Box::new(registration)))
    }

    /// Why a user with an active registration cannot be registered, in words for its status.
    pub(super) fn already_registered(
        &self,
        user: UserId,
        words: fn(RegistrationStatus) -> &'static str,
    ) -> Option<PublicError> {
        let Entry { row, .. } = self.registrations.get(&user)?;
        row.status.is_active().then(|| PublicError {
            registration_id: Some(row.id),
            ..PublicError::new(ErrorCode::AlreadyRegistered, words(row.status))
        })
    }

    /// The row of a registration that is made now with a seat, and how it is written: the row of an
    /// earlier registration of the user is reused. The competition counts the seat apart.
    pub(super) fn made_anew(&self, user: UserId) -> (registration::Model, RowWrite) {
        let earlier = self.registrations.get(&user);
        let (id, write) = match earlier {
            Some(Entry { row, write: RowWrite::Insert, .. }) => (row.id, RowWrite::Insert),
            Some(Entry { row, .. }) => (row.id, RowWrite::Update),
            None => (RegistrationId(new_id()), RowWrite::Insert),
        };
        let registered_at =
            earlier.map_or(self.now.utc(), |Entry { row, .. }| renewed_at(self.now, row));
        // No `..earlier`: a new column has to be decided here, for a reused row as well.
        let row = registration::Model {
            id,
            user_id: user,
            competition_id: self.after.id,
            status: RegistrationStatus::Pending,
            idempotency_key: None,
            registered_at,
            updated_at: registered_at,
            reminded_at: None,
            reminded_start: None,
            cancellation_notified_at: None,
            waitlist_number: None,
            last_event_id: None,
            access_code: None,
        };
        (row, write)
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
    /// Refused once the competition is cancelled: the notice goes to every user with a seat or on
    /// the waiting list, so both stay as they were. A seat is kept once it has started: the roster
    /// says who took part.
    pub(super) fn cancel_registration(&mut self, request: &Request) -> Verdict {
        let user = &request.user;
        let Some(entry) = self.registrations.get_mut(&user.id) else {
            let message = "You are not registered for this competition";
            return Verdict::NotApplicable(PublicError::new(ErrorCode::NotRegistered, message));
        };
        if entry.row.status.is_active() {
            if self.after.cancelled_at.is_some() {
                let code = ErrorCode::CompetitionCancelled;
                return Verdict::Refused(PublicError::new(code, CANCELLED));
            }
            let status = entry.row.status;
            let dates = self.after.dates();
            if status.holds_seat() && dates.has_started(self.now) {
                let message = if dates.is_over(self.now) { OVER } else { UNDER_WAY };
                return Verdict::Refused(PublicError::new(ErrorCode::CompetitionOver, message));
            }
            let row = entry.row_mut();
            row.status = RegistrationStatus::Cancelled;
            row.waitlist_number = None;
            row.updated_at = self.now.utc();
            let row = row.clone();
            entry.own_change = Some(OwnChangeKind::cancellation_of(status));
            entry.cause = request.cause.clone();
            self.end(user.id, status);
            self.add_registration_event(EventType::RegistrationCancelled, &row);
            self.pass_seats_on(&request.cause);
        }
        Verdict::Granted(Effect::RegistrationCancelled)
    }

    /// Counts out an active registration that had this status.
    pub(super) fn end(&mut self, user: UserId, status: RegistrationStatus) {
        match status {
            RegistrationStatus::Waitlisted => self.leave_waiting_list(user),
            RegistrationStatus::AwaitingApproval => self.after.awaiting_approval -= 1,
            _ => self.after.registered -= 1,
        }
    }
}
