//! The body of a new competition.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use super::{
    date_fault::error_of,
    facts::RawFacts,
    fields::{capacity, deadline, end, opening, promote_until, start_date, time_zone},
    new::NewCompetition,
    reminders::ReminderOffsets,
    sections::{RawSections, Sections},
    tags::tags,
    visibility::visibility,
    waitlist::waitlist_capacity,
};
use crate::{
    AccessCodeInput, CoverInput, Dates, Description, Faults, PublicError, QuestionInput, Raw,
    StartRule, TimeZoneName, Timestamp, Title,
    access::{access_codes, access_mode},
    account::{flag, refuse_unknown, text},
    cover::cover,
    question::questions,
};

/// The body of a new competition, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "title": "Code Sprint", "description": "24 hours of code", "tags": ["coding"],
        "capacity": 50, "regDeadline": "2030-11-29T07:10:30.000Z",
        "startDate": "2030-12-06T07:10:30.000Z", "timeZone": "Europe/Berlin",
    }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct CompetitionInput {
    /// One line, at most 200 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Title, required))]
    #[serde(default)]
    pub title: Raw<String>,
    /// Markdown, at most 10,000 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Description, required))]
    #[serde(default)]
    pub description: Raw<String>,
    /// At most ten, 40 characters each; none when it is absent or null.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<crate::Tag>>, max_items = 10))]
    #[serde(default)]
    pub tags: Raw<Vec<String>>,
    /// Seats, 1 to 1,000,000; a numeric string is accepted.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = u32, required, minimum = 1, maximum = 1000000)
    )]
    #[serde(default)]
    pub capacity: Raw<i64>,
    /// ISO 8601, in the future; without an offset it is UTC.
    #[cfg_attr(feature = "openapi", schema(value_type = Timestamp, required))]
    #[serde(default)]
    pub reg_deadline: Raw<String>,
    /// ISO 8601, after the deadline, or at it with `deadlineMayEqualStart`; absent or null when not
    /// set yet.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Timestamp>))]
    #[serde(default)]
    pub start_date: Raw<String>,
    /// Whether registration may close at the start: equal dates are refused unless it is `true`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    #[serde(default)]
    pub deadline_may_equal_start: Raw<bool>,
    /// ISO 8601, after the start date; absent or null when not set.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Timestamp>))]
    #[serde(default)]
    pub ends_at: Raw<String>,
    /// ISO 8601, before the deadline: from then on one can register. Absent or null: at once.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Timestamp>))]
    #[serde(default)]
    pub reg_opens_at: Raw<String>,
    /// The IANA time zone of the competition; `UTC` when it is absent or null.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TimeZoneName>))]
    #[serde(default)]
    pub time_zone: Raw<String>,
    /// What it is about, in one line of at most 160 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Summary>))]
    #[serde(default)]
    pub summary: Raw<String>,
    /// Where it takes place: one line, at most 120 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::VenueName>))]
    #[serde(default)]
    pub venue_name: Raw<String>,
    /// The address of the venue: one line, at most 300 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::VenueAddress>))]
    #[serde(default)]
    pub venue_address: Raw<String>,
    /// Where it takes place online. Only its organizer and registered people see it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebLink>))]
    #[serde(default)]
    pub online_url: Raw<String>,
    /// A page elsewhere with more about it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::WebLink>))]
    #[serde(default)]
    pub website: Raw<String>,
    /// Where questions about it go. Everyone sees it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Email>))]
    #[serde(default)]
    pub contact_email: Raw<String>,
    /// The rules: Markdown, at most 10,000 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::SectionText>))]
    #[serde(default)]
    pub rules: Raw<String>,
    /// What can be won: Markdown, at most 10,000 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::SectionText>))]
    #[serde(default)]
    pub prizes: Raw<String>,
    /// What happens when: Markdown, at most 10,000 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::SectionText>))]
    #[serde(default)]
    pub schedule: Raw<String>,
    /// Who can see it, and who can find it; `PUBLIC` when it is absent or null.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::Visibility>))]
    #[serde(default)]
    pub visibility: Raw<String>,
    /// How many may wait when no seat is left, 0 to 5,000; no waiting list when it is absent or
    /// null.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<u32>, minimum = 0, maximum = 5000)
    )]
    #[serde(default)]
    pub waitlist_capacity: Raw<i64>,
    /// ISO 8601: until then a seat that becomes free goes to the first on the waiting list. From
    /// the deadline to the start date; absent or null for the deadline.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Timestamp>))]
    #[serde(default)]
    pub promote_until: Raw<String>,
    /// Whether its organizer approves each registration before it gets a seat; `false` when it is
    /// absent or null.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    #[serde(default)]
    pub approval_required: Raw<bool>,
    /// How long before the start participants are reminded: up to three numbers of minutes, from
    /// an hour to 30 days; a day (`[1440]`) when it is absent or null.
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = Option<Vec<crate::ReminderMinutes>>, max_items = 3,
            example = json!([10080, 1440]),
        )
    )]
    #[serde(default)]
    pub reminder_offsets: Raw<Vec<i64>>,
    /// What participants are asked when they register, in this order: at most 20; nothing when it
    /// is absent or null. None of them has an id.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<Vec<QuestionInput>>, max_items = 20)
    )]
    #[serde(default)]
    pub questions: Raw<Vec<QuestionInput>>,
    /// Who can register; `OPEN` when it is absent or null.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::AccessMode>))]
    #[serde(default)]
    pub access: Raw<String>,
    /// The access codes that `access` asks for, at most 50; none when it is absent or null.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<Vec<AccessCodeInput>>, max_items = 50)
    )]
    #[serde(default)]
    pub access_codes: Raw<Vec<AccessCodeInput>>,
    /// Its cover; none when it is absent or null.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<CoverInput>))]
    #[serde(default)]
    pub cover: Raw<CoverInput>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

impl CompetitionInput {
    /// Applies every rule, as of `now`. `find_zone` returns the zone that is meant.
    ///
    /// # Errors
    /// All faults at once. Those of the dates have the code of the first of them, unless there are
    /// others: [`crate::DateFault`].
    pub fn check(
        self,
        now: Timestamp,
        find_zone: fn(&TimeZoneName) -> Option<TimeZoneName>,
    ) -> Result<NewCompetition, PublicError> {
        let mut faults = Faults::default();
        let title = faults.check("title", text(self.title, "Title").and_then(|t| Title::parse(&t)));
        let description = text(self.description, "Description");
        let description =
            faults.check("description", description.and_then(|t| Description::parse(&t)));
        let tags = faults.check("tags", tags(self.tags));
        let capacity = faults.check("capacity", capacity(&self.capacity));
        let reg_deadline = faults.check("regDeadline", deadline(&self.reg_deadline));
        let start_date = faults.check("startDate", start_date(&self.start_date));
        let may_equal = flag(&self.deadline_may_equal_start, "deadlineMayEqualStart");
        let may_equal = faults.check("deadlineMayEqualStart", may_equal);
        let ends_at = faults.check("endsAt", end(&self.ends_at));
        let promote_until = faults.check("promoteUntil", promote_until(&self.promote_until));
        let reg_opens_at = faults.check("regOpensAt", opening(&self.reg_opens_at));
        let time_zone = faults.check("timeZone", time_zone(self.time_zone, find_zone));
        let facts = RawFacts {
            summary: Some(self.summary),
            venue_name: Some(self.venue_name),
            venue_address: Some(self.venue_address),
            online_url: Some(self.online_url),
            website: Some(self.website),
            contact_email: Some(self.contact_email),
        };
        let facts = facts.check(&mut faults);
        let sections = RawSections {
            rules: Some(self.rules),
            prizes: Some(self.prizes),
            schedule: Some(self.schedule),
        };
        let sections = sections.check(&mut faults);
        let visibility = faults.check("visibility", visibility(&self.visibility));
        let waitlist = faults.check("waitlistCapacity", waitlist_capacity(&self.waitlist_capacity));
        let approval = faults.check("approvalRequired", flag(&self.approval_required, "Approval"));
        let reminders =
            faults.check("reminderOffsets", ReminderOffsets::check(self.reminder_offsets));
        let questions = questions(&mut faults, self.questions);
        let access = faults.check("access", access_mode(&self.access));
        let codes = access_codes(&mut faults, self.access_codes);
        let cover = cover(&mut faults, self.cover);
        refuse_unknown(&mut faults, &self.unknown);

        let dates = || {
            Some(Dates {
                opens: reg_opens_at?,
                deadline: reg_deadline?,
                promote_until: promote_until?,
                start: start_date?,
                end: ends_at?,
            })
        };
        let dates = dates();
        let rule = StartRule::of(may_equal.unwrap_or_default());
        let date_faults = dates.map(|dates| dates.faults_at(now, rule)).unwrap_or_default();
        if faults.is_empty()
            && let Some(error) = error_of(&date_faults)
        {
            return Err(error);
        }
        for fault in date_faults {
            faults.add(fault.field(), fault.message());
        }
        let whole = || {
            Some(NewCompetition {
                title: title?,
                description: description?,
                tags: tags?,
                capacity: capacity?,
                dates: dates?,
                time_zone: time_zone?,
                facts: facts?.into_new(),
                sections: sections?.applied_to(&Sections::default()),
                visibility: visibility?,
                waitlist_capacity: waitlist?,
                approval_required: approval?,
                reminder_offsets: reminders?,
                questions: questions?,
                access: access?,
                access_codes: codes?,
                cover: cover?,
            })
        };
        let whole = whole();
        faults.finish(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tags::MAX_TAGS, *};
    use crate::{ErrorCode, Tag};

    const NOW: &str = "2026-11-23T12:00:00Z";

    fn check(body: serde_json::Value) -> Result<NewCompetition, PublicError> {
        let input: CompetitionInput = serde_json::from_value(body).unwrap();
        input.check(NOW.parse().unwrap(), |zone| {
            Some(zone.clone()).filter(|zone| zone.as_str() != "Mars/Olympus")
        })
    }

    fn body(capacity: serde_json::Value, deadline: &str, start: Option<&str>) -> serde_json::Value {
        serde_json::json!({
            "title": "Code Sprint", "description": "24 hours", "capacity": capacity,
            "regDeadline": deadline, "startDate": start,
        })
    }

    #[cfg(feature = "openapi")]
    #[test]
    fn the_description_has_the_limits_of_the_checks() {
        use utoipa::PartialSchema;

        use crate::{CompetitionPatch, MAX_CAPACITY};

        for schema in [CompetitionInput::schema(), CompetitionPatch::schema()] {
            let schema = serde_json::to_value(schema).unwrap();
            let capacity = &schema["properties"]["capacity"];
            assert_eq!(capacity["minimum"], 1);
            assert_eq!(capacity["maximum"], MAX_CAPACITY);
            let waitlist = &schema["properties"]["waitlistCapacity"];
            assert_eq!(
                (&waitlist["minimum"], &waitlist["maximum"]),
                (&0.into(), &crate::MAX_WAITLIST.into())
            );
            assert_eq!(schema["properties"]["tags"]["maxItems"], MAX_TAGS);
        }
    }

    #[test]
    fn a_capacity_may_be_a_numeric_string_but_not_out_of_range() {
        let deadline = "2026-11-24T12:00:00Z";
        assert_eq!(check(body("50".into(), deadline, None)).unwrap().capacity, 50);
        let bad = [0.into(), (-1).into(), 1_000_001.into(), 1.5.into(), "many".into(), true.into()];
        for bad in bad {
            let error = check(body(bad, deadline, None)).unwrap_err();
            assert_eq!(error.fields[0].field, "capacity");
        }
    }

    #[test]
    fn the_deadline_is_after_now_and_the_start_after_the_deadline() {
        let code = |deadline, start| check(body(1.into(), deadline, start)).unwrap_err().code;
        assert_eq!(code(NOW, None), ErrorCode::DeadlineNotInFuture);
        assert_eq!(
            code("2026-11-24T12:00:00Z", Some("2026-11-24T12:00:00Z")),
            ErrorCode::StartNotAfterDeadline
        );
        assert!(check(body(1.into(), "2026-11-23T12:00:00.001Z", None)).is_ok());
    }

    #[test]
    fn registration_closes_at_the_start_if_the_request_allows_it() {
        let start = "2026-11-24T12:00:00Z";
        let mut body = body(1.into(), start, Some(start));
        body["deadlineMayEqualStart"] = true.into();
        assert!(check(body.clone()).unwrap().dates.close_at_start());
        body["deadlineMayEqualStart"] = "yes".into();
        assert_eq!(check(body).unwrap_err().fields[0].field, "deadlineMayEqualStart");
    }

    #[test]
    fn registration_opens_before_the_deadline_or_at_once() {
        let opening_at = |opening: &str| {
            let mut body = body(1.into(), "2026-11-24T12:00:00Z", None);
            body["regOpensAt"] = opening.into();
            check(body)
        };
        assert!(opening_at("2026-11-24T11:59:59.999Z").unwrap().dates.opens.is_some());
        assert_eq!(opening_at("").unwrap().dates.opens, None);
        let error = opening_at("2026-11-24T12:00:00Z").unwrap_err();
        assert_eq!(error.code, ErrorCode::OpeningNotBeforeDeadline);
        assert_eq!(error.message, "Registration must open before the deadline");
        assert_eq!(opening_at("soon").unwrap_err().fields[0].field, "regOpensAt");
    }

    #[test]
    fn a_time_zone_is_utc_unless_another_one_is_named() {
        let in_zone = |zone: serde_json::Value| {
            let mut body = body(1.into(), "2026-11-24T12:00:00Z", None);
            body["timeZone"] = zone;
            check(body).map(|new| new.time_zone.into_string())
        };
        assert_eq!(in_zone(serde_json::Value::Null).unwrap(), "UTC");
        assert_eq!(in_zone("Europe/Berlin".into()).unwrap(), "Europe/Berlin");
        for bad in ["Mars/Olympus".into(), "Berlin!".into(), 1.into()] {
            assert_eq!(in_zone(bad).unwrap_err().fields[0].field, "timeZone");
        }
    }

    #[test]
    fn tags_are_counted_before_doubles_are_removed() {
        let mut body = body(serde_json::json!(5), "2026-12-01T00:00:00Z", None);
        body["tags"] = vec!["rust"; MAX_TAGS].into();
        assert_eq!(check(body.clone()).unwrap().tags.len(), 1);
        body["tags"] = vec!["rust"; MAX_TAGS + 1].into();
        assert_eq!(check(body).unwrap_err().code, ErrorCode::ValidationFailed);
    }

    #[test]
    fn tags_keep_their_order_and_lose_their_doubles() {
        let mut body = body(1.into(), "2026-11-24T12:00:00Z", None);
        body["tags"] = serde_json::json!(["Rust", " web ", "", "rust"]);
        let tags = check(body).unwrap().tags;
        assert_eq!(tags.iter().map(Tag::as_str).collect::<Vec<_>>(), ["Rust", "web"]);
    }
}
