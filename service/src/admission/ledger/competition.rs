//! The rules of the competition: its edits and its cancellation.

use domain::{
    CompetitionEdit, CompetitionWithOrganizer, ErrorCode, EventType, FactsEdit, IfMatch, Organizer,
    PublicError, QuestionId, Tag, Timestamp, User,
};

use super::{Ledger, OVER};
use crate::{
    Cause, Result,
    admission::{
        command::Request,
        decision::{Effect, Verdict},
    },
    assets, change_notice,
    entity::competition,
    infrastructure::ids::new_id,
};

impl Ledger {
    /// Refuses a user who may not see the competition, as if it did not exist.
    pub(super) fn require_visible_to(&self, user: &User) -> Result<()> {
        Ok(self.after.visibility.visible_to(Some(user.id), self.after.organizer_id)?)
    }

    pub(super) fn require_organizer(&self, user: &User, message: &str) -> Result<()> {
        if self.after.organizer_id == user.id {
            return Ok(());
        }
        Err(PublicError::new(ErrorCode::Forbidden, message).into())
    }

    /// Refuses to register the organizer, who may be a participant as well.
    pub(super) fn refuse_organizer(&self, participant: &User) -> Result<()> {
        if self.after.organizer_id != participant.id {
            return Ok(());
        }
        let message = "Organizers cannot register for their own competitions";
        Err(PublicError::new(ErrorCode::OwnCompetition, message).into())
    }

    pub(super) fn edit_competition(
        &mut self,
        request: &Request,
        edit: &CompetitionEdit,
        if_match: Option<&IfMatch>,
    ) -> Verdict {
        let checked = self.check_precondition(if_match);
        match checked.and_then(|()| self.apply(edit, &request.cause)) {
            Ok(()) => self.changed_by(&request.user),
            Err(refusal) => Verdict::Refused(refusal),
        }
    }

    /// A repeated cancellation is granted: the response to the first may have been lost.
    /// Registrations keep their seats, because they are the recipients of the notice.
    pub(super) fn cancel_competition(
        &mut self,
        request: &Request,
        if_match: Option<&IfMatch>,
    ) -> Verdict {
        if let Err(refusal) = self.check_precondition(if_match) {
            return Verdict::Refused(refusal);
        }
        if self.after.cancelled_at.is_none() {
            let is_draft = self.after.visibility.is_draft();
            if !is_draft && self.after.dates().is_over(self.now) {
                return Verdict::Refused(PublicError::new(ErrorCode::CompetitionOver, OVER));
            }
            self.after.cancelled_at = Some(self.now.utc());
            self.after.updated_at = self.now.utc();
            self.after.revision += 1;
            if !is_draft {
                self.add_competition_event(EventType::CompetitionCancelled);
            }
            self.cancelled_by = request.cause.clone();
        }
        self.changed_by(&request.user)
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
        let after = self.after.clone();
        let changed = CompetitionWithOrganizer {
            online_url: after.online_url.clone(),
            competition: after.into_view(self.parts.tags.clone()),
            sections: self.parts.sections.clone(),
            questions: self.parts.questions.asked.clone(),
            organizer: Organizer {
                id: user.id,
                name: user.name.clone(),
                email: user.email.clone(),
                is_deleted: false,
            },
        };
        Verdict::Granted(Effect::CompetitionChanged(Box::new(changed)))
    }

    /// Applies all of an edit or nothing. An edit without an effect leaves the `revision` as it is,
    /// so that no other edit becomes stale.
    fn apply(&mut self, edit: &CompetitionEdit, cause: &Cause) -> Result<(), PublicError> {
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
        let seats_taken = u32::try_from(current.registered).unwrap_or_default();
        let mut refusals: Vec<_> = edit.refused_capacity(seats_taken).into_iter().collect();
        let visibility = edit.visibility.unwrap_or(current.visibility);
        if visibility.is_draft() && current.has_participants() {
            let message = "Only a competition without registrations can become a draft: cancel it \
                           instead, or make it unlisted";
            let code = ErrorCode::HasRegistrations;
            refusals.push(PublicError::on_field(code, "visibility", message));
        }
        let publishes = current.visibility.is_draft() && !visibility.is_draft();
        let dates = edit.dates(current.dates(), publishes, self.now);
        let dates = dates.map_err(|refusal| refusals.push(refusal));
        let (Ok(dates), true) = (dates, refusals.is_empty()) else {
            return Err(PublicError::joined(refusals).expect("a refusal"));
        };

        let mut after = current.clone();
        after.capacity = capacity;
        if let Some(waitlist_capacity) = edit.waitlist_capacity {
            after.waitlist_capacity = i32::try_from(waitlist_capacity).expect("MAX_WAITLIST fits");
        }
        if let Some(approval_required) = edit.approval_required {
            after.approval_required = approval_required;
        }
        if let Some(reminder_offsets) = &edit.reminder_offsets {
            after.reminder_offsets = Some(reminder_offsets.to_string());
        }
        after.access = edit.access.unwrap_or(after.access);
        after.reg_opens_at = dates.opens.map(Timestamp::utc);
        after.reg_deadline = dates.deadline.utc();
        after.promote_until = dates.promote_until.map(Timestamp::utc);
        after.start_date = dates.start.map(Timestamp::utc);
        after.ends_at = dates.end.map(Timestamp::utc);
        apply_facts(&mut after, &edit.facts);
        if let Some(cover) = &edit.cover {
            after.set_cover(cover.clone());
        }
        after.visibility = visibility;
        after.was_published |= !visibility.is_draft();
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
        let new_tags = edit.tags.as_ref().filter(|tags| labels(tags) != self.parts.tags);
        let sections = edit.sections.applied_to(&self.parts.sections);
        let has_new_sections = sections != self.parts.sections;
        let questions = edit
            .questions
            .as_ref()
            .map(|drafts| self.parts.questions.edited(drafts, || QuestionId(new_id())));
        let questions = questions.transpose()?.filter(|new| *new != self.parts.questions);
        let codes = self.new_access_codes(edit.access_codes.as_ref());
        let has_new_parts =
            new_tags.is_some() || has_new_sections || questions.is_some() || codes.is_some();
        if after == self.after && !has_new_parts {
            return Ok(());
        }
        // Also if they stay: an earlier release, which has written the text, stores none.
        let pictures = assets::pictures_named_in(&after.description, &sections);
        let before = assets::pictures_named_in(&self.after.description, &self.parts.sections);
        if !pictures.is_empty() || !before.is_empty() {
            self.new_parts.pictures = Some(pictures);
        }
        if has_new_sections {
            self.parts.sections = sections.clone();
            self.new_parts.sections = Some(sections);
        }
        if let Some(tags) = new_tags {
            self.parts.tags = labels(tags);
            self.new_parts.tags = Some(tags.clone());
        }
        if let Some(questions) = questions {
            after.questions_version += 1;
            self.parts.questions = questions.clone();
            self.new_parts.questions = Some(questions);
        }
        if let Some(codes) = codes {
            self.set_access_codes(codes);
        }
        after.update_search_columns();
        if after.start_date != self.after.start_date {
            after.start_changed_at = Some(self.now.utc());
        }
        after.revision += 1;
        after.updated_at = self.now.utc();
        let event = event_of_edit(&self.after, &after);
        if edit.notice.is_wanted {
            let note = edit.notice.note.as_ref().map(ToString::to_string);
            let change = change_notice::change(&self.after, &after, note, self.now);
            self.competition_changes.extend(change.map(|change| (change, cause.clone())));
        }
        self.after = after;
        // There may be more seats, or they are passed on for longer.
        self.pass_seats_on(cause);
        if let Some(event) = event {
            self.add_competition_event(event);
        }
        Ok(())
    }
}

/// What receivers of webhooks are sent about an edit. They learn of a competition when it is first
/// published, and of nothing that happens while it is a draft.
fn event_of_edit(before: &competition::Model, after: &competition::Model) -> Option<EventType> {
    if !before.was_published && after.was_published {
        return Some(EventType::CompetitionPublished);
    }
    let is_seen = !(before.visibility.is_draft() && after.visibility.is_draft());
    is_seen.then_some(EventType::CompetitionChanged)
}

/// Sets and removes what the edit names.
fn apply_facts(row: &mut competition::Model, edit: &FactsEdit) {
    // Without `..`: a new fact has to be applied here.
    let FactsEdit { summary, venue_name, venue_address, online_url, website, contact_email } = edit;
    set(&mut row.summary, summary.as_ref());
    set(&mut row.venue_name, venue_name.as_ref());
    set(&mut row.venue_address, venue_address.as_ref());
    set(&mut row.online_url, online_url.as_ref());
    set(&mut row.website, website.as_ref());
    set(&mut row.contact_email, contact_email.as_ref());
}

fn set<T: ToString>(column: &mut Option<String>, edit: Option<&Option<T>>) {
    if let Some(value) = edit {
        *column = value.as_ref().map(ToString::to_string);
    }
}
