//! The body of an edit of a competition.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use super::{
    change_notice::NoticeChoice,
    edit::CompetitionEdit,
    facts::RawFacts,
    fields::{capacity, deadline, end, opening, promote_until, start_date, time_zone},
    patched::{nullable, optional},
    reminders::ReminderOffsets,
    sections::RawSections,
    tags::tags,
    visibility::visibility,
    waitlist::waitlist_capacity,
};
use crate::{
    AccessCodeInput, ChangeNote, CoverInput, Description, Faults, PublicError, QuestionInput, Raw,
    StartRule, TimeZoneName, Title,
    access::{access_codes, access_mode},
    account::{flag, optional_text, refuse_unknown, text},
    cover::cover,
    question::questions,
    raw::present,
};

/// The body of an edit, unchecked. Fields that are absent or null stay as they are, but null
/// removes what a competition can be without.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "version": 1, "title": "Code Sprint 2030", "capacity": 60 }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct CompetitionPatch {
    /// The version the edit is based on: refused if the competition was edited since. Absent: the
    /// last edit wins.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>))]
    #[serde(default)]
    pub version: Raw<i64>,
    /// One line, at most 200 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Title>))]
    #[serde(default)]
    pub title: Raw<String>,
    /// Markdown, at most 10,000 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Description>))]
    #[serde(default)]
    pub description: Raw<String>,
    /// At most ten, 40 characters each.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<crate::Tag>>, max_items = 10))]
    #[serde(default)]
    pub tags: Raw<Vec<String>>,
    /// Seats, 1 to 1,000,000, and no fewer than are taken; a numeric string is accepted.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<u32>, minimum = 1, maximum = 1000000)
    )]
    #[serde(default)]
    pub capacity: Raw<i64>,
    /// ISO 8601; a new one must be in the future.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Timestamp>))]
    #[serde(default)]
    pub reg_deadline: Raw<String>,
    /// ISO 8601, after the deadline, or at it with `deadlineMayEqualStart`; `null` when it is not
    /// set any more.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Timestamp>))]
    #[serde(default, deserialize_with = "present")]
    pub start_date: Option<Raw<String>>,
    /// Whether registration may close at the start: equal dates are refused unless it is `true`, or
    /// they are equal already.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    #[serde(default)]
    pub deadline_may_equal_start: Raw<bool>,
    /// ISO 8601, after the start date; `null` when it is not set any more.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Timestamp>))]
    #[serde(default, deserialize_with = "present")]
    pub ends_at: Option<Raw<String>>,
    /// ISO 8601, before the deadline; `null` to open at once.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Timestamp>))]
    #[serde(default, deserialize_with = "present")]
    pub reg_opens_at: Option<Raw<String>>,
    /// The IANA time zone of the competition.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TimeZoneName>))]
    #[serde(default)]
    pub time_zone: Raw<String>,
    /// What it is about, in one line of at most 160 characters; `null` to remove it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Summary>))]
    #[serde(default, deserialize_with = "present")]
    pub summary: Option<Raw<String>>,
    /// Where it takes place: one line, at most 120 characters; `null` to remove it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::VenueName>))]
    #[serde(default, deserialize_with = "present")]
    pub venue_name: Option<Raw<String>>,
    /// The address of the venue: one line, at most 300 characters; `null` to remove it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::VenueAddress>))]
    #[serde(default, deserialize_with = "present")]
    pub venue_address: Option<Raw<String>>,
    /// Where it takes place online, for its organizer and registered people; `null` to remove it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebLink>))]
    #[serde(default, deserialize_with = "present")]
    pub online_url: Option<Raw<String>>,
    /// A page elsewhere with more about it; `null` to remove it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebLink>))]
    #[serde(default, deserialize_with = "present")]
    pub website: Option<Raw<String>>,
    /// Where questions about it go; `null` to remove it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Email>))]
    #[serde(default, deserialize_with = "present")]
    pub contact_email: Option<Raw<String>>,
    /// The rules: Markdown, at most 10,000 characters; `null` to remove them.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::SectionText>))]
    #[serde(default, deserialize_with = "present")]
    pub rules: Option<Raw<String>>,
    /// What can be won: Markdown, at most 10,000 characters; `null` to remove it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::SectionText>))]
    #[serde(default, deserialize_with = "present")]
    pub prizes: Option<Raw<String>>,
    /// What happens when: Markdown, at most 10,000 characters; `null` to remove it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::SectionText>))]
    #[serde(default, deserialize_with = "present")]
    pub schedule: Option<Raw<String>>,
    /// Who can see it, and who can find it. It can become a `DRAFT` while nobody has a seat.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Visibility>))]
    #[serde(default)]
    pub visibility: Raw<String>,
    /// How many may wait when no seat is left, 0 to 5,000. Nobody is taken off the list.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<u32>, minimum = 0, maximum = 5000)
    )]
    #[serde(default)]
    pub waitlist_capacity: Raw<i64>,
    /// ISO 8601: until then a seat that becomes free goes to the first on the waiting list. From
    /// the deadline to the start date; `null` for the deadline.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Timestamp>))]
    #[serde(default, deserialize_with = "present")]
    pub promote_until: Option<Raw<String>>,
    /// Whether its organizer approves each registration before it gets a seat; registrations that
    /// wait for approval keep waiting.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    #[serde(default)]
    pub approval_required: Raw<bool>,
    /// How long before the start participants are reminded: up to three numbers of minutes, from
    /// an hour to 30 days; `[]` for no reminder.
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = Option<Vec<crate::ReminderMinutes>>, max_items = 3,
            example = json!([10080, 1440]),
        )
    )]
    #[serde(default)]
    pub reminder_offsets: Raw<Vec<i64>>,
    /// What participants are asked when they register, in this order: at most 20, and at most 100
    /// in all with those that were removed. A question with an id is edited; one that is not in
    /// the list is asked no more. The answers to it stay.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<Vec<QuestionInput>>, max_items = 20)
    )]
    #[serde(default)]
    pub questions: Raw<Vec<QuestionInput>>,
    /// Who can register; registrations that were made stay.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::AccessMode>))]
    #[serde(default)]
    pub access: Raw<String>,
    /// The access codes that `access` asks for, at most 50. Registrations that were made with a
    /// code that is not in the list any more stay.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<Vec<AccessCodeInput>>, max_items = 50)
    )]
    #[serde(default)]
    pub access_codes: Raw<Vec<AccessCodeInput>>,
    /// Its cover; `null` to remove it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<CoverInput>))]
    #[serde(default, deserialize_with = "present")]
    pub cover: Option<Raw<CoverInput>>,
    /// Whether its participants are notified when the edit changes the title, the start, the end,
    /// the place or the online link: `true` if missing. Edits within five minutes are one notice,
    /// with what they have changed together.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>, default = true))]
    #[serde(default)]
    pub notify_participants: Raw<bool>,
    /// What the notice adds, in one line of at most 500 characters. Used only if participants are
    /// notified.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::ChangeNote>))]
    #[serde(default)]
    pub change_note: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

impl CompetitionPatch {
    /// Applies every rule that depends on the edit only. `find_zone` returns the zone that
    /// is meant.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(
        self,
        find_zone: fn(&TimeZoneName) -> Option<TimeZoneName>,
    ) -> Result<CompetitionEdit, PublicError> {
        let mut faults = Faults::default();
        let version = faults.check("version", version(&self.version));
        let title = optional(&mut faults, "title", self.title, |raw| {
            text(raw, "Title").and_then(|text| Title::parse(&text))
        });
        let description = optional(&mut faults, "description", self.description, |raw| {
            text(raw, "Description").and_then(|text| Description::parse(&text))
        });
        let tags = optional(&mut faults, "tags", self.tags, tags);
        let capacity = optional(&mut faults, "capacity", self.capacity, |raw| capacity(&raw));
        let reg_deadline =
            optional(&mut faults, "regDeadline", self.reg_deadline, |raw| deadline(&raw));
        let start_date = nullable(&mut faults, "startDate", self.start_date, start_date);
        let may_equal = flag(&self.deadline_may_equal_start, "deadlineMayEqualStart");
        let may_equal = faults.check("deadlineMayEqualStart", may_equal);
        let ends_at = nullable(&mut faults, "endsAt", self.ends_at, end);
        let reg_opens_at = nullable(&mut faults, "regOpensAt", self.reg_opens_at, opening);
        let time_zone =
            optional(&mut faults, "timeZone", self.time_zone, |raw| time_zone(raw, find_zone));
        let facts = RawFacts {
            summary: self.summary,
            venue_name: self.venue_name,
            venue_address: self.venue_address,
            online_url: self.online_url,
            website: self.website,
            contact_email: self.contact_email,
        };
        let facts = facts.check(&mut faults);
        let (rules, prizes, schedule) = (self.rules, self.prizes, self.schedule);
        let sections = RawSections { rules, prizes, schedule }.check(&mut faults);
        let visibility =
            optional(&mut faults, "visibility", self.visibility, |raw| visibility(&raw));
        let waitlist = optional(&mut faults, "waitlistCapacity", self.waitlist_capacity, |raw| {
            waitlist_capacity(&raw)
        });
        let promote_until =
            nullable(&mut faults, "promoteUntil", self.promote_until, promote_until);
        let approval = optional(&mut faults, "approvalRequired", self.approval_required, |raw| {
            flag(&raw, "Approval")
        });
        let reminders =
            optional(&mut faults, "reminderOffsets", self.reminder_offsets, ReminderOffsets::check);
        let questions = match self.questions {
            Raw::Missing => Some(None),
            raw => questions(&mut faults, raw).map(Some),
        };
        let access = optional(&mut faults, "access", self.access, |raw| access_mode(&raw));
        let codes = match self.access_codes {
            Raw::Missing => Some(None),
            raw => access_codes(&mut faults, raw).map(Some),
        };
        let cover = match self.cover {
            None => Some(None),
            Some(raw) => cover(&mut faults, raw).map(Some),
        };
        let notifies =
            optional(&mut faults, "notifyParticipants", self.notify_participants, |raw| {
                flag(&raw, "Notification of participants")
            });
        let note = optional_text(self.change_note, "Message to participants", ChangeNote::parse);
        let note = faults.check("changeNote", note);
        refuse_unknown(&mut faults, &self.unknown);
        let whole = || {
            Some(CompetitionEdit {
                version: version?,
                title: title?,
                description: description?,
                tags: tags?,
                capacity: capacity?,
                reg_deadline: reg_deadline?,
                start_date: start_date?,
                start_rule: StartRule::of(may_equal?),
                ends_at: ends_at?,
                reg_opens_at: reg_opens_at?,
                time_zone: time_zone?,
                facts: facts?,
                sections: sections?,
                visibility: visibility?,
                waitlist_capacity: waitlist?,
                promote_until: promote_until?,
                approval_required: approval?,
                reminder_offsets: reminders?,
                questions: questions?,
                access: access?,
                access_codes: codes?,
                cover: cover?,
                notice: NoticeChoice { is_wanted: notifies?.unwrap_or(true), note: note? },
            })
        };
        let whole = whole();
        faults.finish(whole)
    }
}

fn version(raw: &Raw<i64>) -> Result<Option<u32>, String> {
    let wrong = "Version must be the whole number that the competition was shown with";
    match raw {
        Raw::Missing => Ok(None),
        Raw::Given(number) => u32::try_from(*number).map(Some).map_err(|_| wrong.into()),
        Raw::WrongType => Err(wrong.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dates, ErrorCode, Timestamp};

    fn check(body: serde_json::Value) -> Result<CompetitionEdit, PublicError> {
        serde_json::from_value::<CompetitionPatch>(body).unwrap().check(|zone| Some(zone.clone()))
    }

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn absent_fields_stay_and_null_removes_a_start_date() {
        let edit = check(serde_json::json!({ "capacity": "60" })).unwrap();
        assert_eq!((edit.capacity, edit.start_date), (Some(60), None));
        assert!(edit.title.is_none() && edit.version.is_none());
        let edit = check(serde_json::json!({ "startDate": null, "version": 3 })).unwrap();
        assert_eq!((edit.start_date, edit.version), (Some(None), Some(3)));
        assert_eq!((edit.reg_opens_at, edit.time_zone), (None, None));
        let edit = check(serde_json::json!({ "regOpensAt": null, "timeZone": "UTC" })).unwrap();
        assert_eq!((edit.reg_opens_at, edit.time_zone), (Some(None), Some(Default::default())));
    }

    #[test]
    fn an_edit_notifies_participants_unless_it_says_otherwise() {
        let notice = |body| check(body).map(|edit| edit.notice);
        assert_eq!(notice(serde_json::json!({})).unwrap(), NoticeChoice::default());
        let body = serde_json::json!({ "notifyParticipants": false, "changeNote": " " });
        let unwanted = NoticeChoice { is_wanted: false, note: None };
        assert_eq!(notice(body).unwrap(), unwanted);
        let body = serde_json::json!({ "changeNote": " The hall is closed " });
        let note = notice(body).unwrap().note.unwrap();
        assert_eq!(note.as_str(), "The hall is closed");
        let body = serde_json::json!({ "notifyParticipants": 1, "changeNote": "x".repeat(501) });
        let faults = notice(body).unwrap_err().fields;
        let fields: Vec<_> = faults.iter().map(|fault| &*fault.field).collect();
        assert_eq!(fields, ["notifyParticipants", "changeNote"]);
    }

    #[test]
    fn every_fault_is_reported_at_once() {
        let body = serde_json::json!({
            "version": -1, "title": " ", "capacity": 0, "regDeadline": "soon", "registered": 1,
        });
        let fields: Vec<_> =
            check(body).unwrap_err().fields.into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["version", "title", "capacity", "regDeadline", "registered"]);
    }

    #[test]
    fn an_edit_makes_the_start_the_deadline_only_if_it_says_so_or_it_is_already() {
        let (deadline, now) = (at("2026-11-24T12:00:00Z"), at("2026-11-23T12:00:00Z"));
        let open = Dates { opens: None, deadline, promote_until: None, start: None, end: None };
        let start_at = |deadline_may_equal_start: bool| {
            check(serde_json::json!({
                "startDate": "2026-11-24T12:00:00Z",
                "deadlineMayEqualStart": deadline_may_equal_start,
            }))
        };
        let error = start_at(false).unwrap().dates(open, false, now).unwrap_err();
        assert_eq!(error.code, ErrorCode::StartNotAfterDeadline);
        let closing_at_start = start_at(true).unwrap().dates(open, false, now).unwrap();
        assert!(closing_at_start.close_at_start());
        let untouched = CompetitionEdit::default();
        assert_eq!(untouched.dates(closing_at_start, false, now).unwrap(), closing_at_start);
    }
}
