//! What an organizer writes to participants, as it comes in.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, de::IgnoredAny};

use super::{MessageRecipients, OrganizerMessage};
use crate::{
    Faults, MessageSubject, MessageText, PublicError, Raw, Timestamp,
    account::{refuse_unknown, text},
    competition::time,
};

/// The most messages of a competition, with drafts.
pub const MAX_MESSAGES: u64 = 200;
/// The most messages that an organizer sends in 24 hours.
pub const MAX_MESSAGES_A_DAY: u64 = 20;
/// How far ahead a message can be scheduled.
pub const MAX_SCHEDULED_AHEAD: TimeDelta = TimeDelta::days(366);

/// The body of a request that writes a message, unchecked.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "subject": "Bring a laptop", "text": "Please bring **your own** laptop.",
        "statuses": ["CONFIRMED"]
    }))
)]
#[serde(expecting = "an object")]
pub struct OrganizerMessageInput {
    /// One line.
    #[cfg_attr(feature = "openapi", schema(value_type = MessageSubject, required))]
    #[serde(default)]
    pub subject: Raw<String>,
    /// Markdown.
    #[cfg_attr(feature = "openapi", schema(value_type = MessageText, required))]
    #[serde(default)]
    pub text: Raw<String>,
    /// Who gets it: one or more of `CONFIRMED` (everyone with a seat), `WAITLISTED` and
    /// `AWAITING_APPROVAL`.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Vec<crate::RegistrationStatus>, required, min_items = 1)
    )]
    #[serde(default)]
    pub statuses: Raw<Vec<String>>,
    /// Only those with this answer.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<crate::AnswerFilter>, example = json!(null))
    )]
    #[serde(default)]
    pub answer: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// A message of an organizer, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizerMessageDraft {
    /// One line.
    pub subject: MessageSubject,
    /// Markdown.
    pub text: MessageText,
    /// Who gets it.
    pub recipients: MessageRecipients,
}

impl OrganizerMessageInput {
    /// The edited message: what is absent stays as it is.
    #[must_use]
    pub fn over(self, message: &OrganizerMessage) -> Self {
        let or = |text: Raw<String>, current: &str| match text {
            Raw::Missing => current.to_owned().into(),
            text => text,
        };
        let statuses = match self.statuses {
            Raw::Missing => {
                message.statuses.iter().map(ToString::to_string).collect::<Vec<_>>().into()
            }
            statuses => statuses,
        };
        Self {
            subject: or(self.subject, &message.subject),
            text: or(self.text, &message.text),
            statuses,
            answer: or(self.answer, message.answer.as_deref().unwrap_or_default()),
            unknown: self.unknown,
        }
    }

    /// Applies every rule.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<OrganizerMessageDraft, PublicError> {
        let mut faults = Faults::default();
        let subject = text(self.subject, "Subject").and_then(|text| MessageSubject::parse(&text));
        let subject = faults.check("subject", subject);
        let body = text(self.text, "Message").and_then(|text| MessageText::parse(&text));
        let body = faults.check("text", body);
        let answer = match self.answer {
            Raw::Missing => Ok(None),
            Raw::WrongType => Err("Answer must be text".to_owned()),
            Raw::Given(text) if text.is_empty() => Ok(None),
            Raw::Given(text) => text.parse().map(Some),
        };
        let answer = faults.check("answer", answer);
        let names = match self.statuses {
            Raw::Given(names) => names,
            Raw::Missing | Raw::WrongType => Vec::new(),
        };
        let recipients =
            faults.check("statuses", MessageRecipients::parse(&names, answer.flatten()));
        refuse_unknown(&mut faults, &self.unknown);
        let whole = || {
            Some(OrganizerMessageDraft { subject: subject?, text: body?, recipients: recipients? })
        };
        faults.finish(whole())
    }
}

/// The body of a request that sends a message, unchecked.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "version": 1, "at": "2030-11-29T07:10:30.000Z" }))
)]
#[serde(expecting = "an object")]
pub struct SendMessageInput {
    /// The version that was read: refused if the message was edited since.
    #[cfg_attr(feature = "openapi", schema(value_type = u32, required))]
    #[serde(default)]
    pub version: Raw<i64>,
    /// When it is sent, at most 366 days ahead; at once when it is absent or null.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Timestamp>))]
    #[serde(default)]
    pub at: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// What is to be sent and when, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendMessage {
    /// The version that was read.
    pub version: u32,
    /// When it is sent; `None` for at once.
    pub at: Option<Timestamp>,
}

impl SendMessageInput {
    /// Applies every rule at `now`.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self, now: Timestamp) -> Result<SendMessage, PublicError> {
        let mut faults = Faults::default();
        let version = match self.version {
            Raw::Given(number) => u32::try_from(number).ok(),
            Raw::Missing | Raw::WrongType => None,
        };
        let wrong = "Version must be the whole number that the message was shown with";
        let version = faults.check("version", version.ok_or_else(|| wrong.to_owned()));
        let at = faults.check("at", time(&self.at, "Time").and_then(|at| not_too_late(at, now)));
        refuse_unknown(&mut faults, &self.unknown);
        let whole = || Some(SendMessage { version: version?, at: at? });
        faults.finish(whole())
    }
}

/// A time that has passed is at once: a form was open for a while.
fn not_too_late(at: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>, String> {
    match at {
        Some(at) if at.utc() > now.utc() + MAX_SCHEDULED_AHEAD => {
            let days = MAX_SCHEDULED_AHEAD.num_days();
            Err(format!("Time must be at most {days} days ahead"))
        }
        at => Ok(at.filter(|at| *at > now)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults<T>(outcome: Result<T, PublicError>) -> Vec<String> {
        let Err(error) = outcome else { return Vec::new() };
        error.fields.into_iter().map(|field| field.field).collect()
    }

    fn written(body: serde_json::Value) -> Result<OrganizerMessageDraft, PublicError> {
        serde_json::from_value::<OrganizerMessageInput>(body).unwrap().check()
    }

    #[test]
    fn a_message_has_a_subject_a_text_and_recipients() {
        let answer = "01939c2e-7b5a-7000-8000-000000000001:M";
        let body = json!({
            "subject": " Bring a laptop ", "text": "**Your own**\r\n\r\nBye",
            "statuses": ["CONFIRMED"], "answer": answer,
        });
        let draft = written(body).unwrap();
        assert_eq!(draft.subject.as_str(), "Bring a laptop");
        assert_eq!(draft.text.as_str(), "**Your own**\n\nBye");
        assert_eq!(draft.recipients.answer().unwrap().to_string(), answer);
        let body = json!({ "subject": "s", "text": "t", "statuses": ["CONFIRMED"], "answer": "" });
        assert_eq!(written(body).unwrap().recipients.answer(), None);
    }

    #[test]
    fn every_fault_of_a_message_is_named_at_once() {
        assert_eq!(faults(written(json!({}))), ["subject", "text", "statuses"]);
        let long = "x".repeat(5_001);
        let body = json!({
            "subject": "a\u{0}b", "text": long, "statuses": ["FAILED"], "answer": 7, "to": "all",
        });
        assert_eq!(faults(written(body)), ["subject", "text", "answer", "statuses", "to"]);
    }

    #[test]
    fn a_message_is_sent_at_once_or_within_a_year() {
        let now: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
        let check = |body| serde_json::from_value::<SendMessageInput>(body).unwrap().check(now);
        let at = |at: serde_json::Value| check(json!({ "version": 2, "at": at })).map(|s| s.at);
        assert_eq!(check(json!({ "version": 2 })), Ok(SendMessage { version: 2, at: None }));
        assert_eq!(at(json!("")), Ok(None));
        assert_eq!(at(json!("2029-12-31T23:59:00Z")), Ok(None));
        assert_eq!(
            at(json!("2030-01-01T00:01:00Z")),
            Ok(Some("2030-01-01T00:01:00Z".parse().unwrap()))
        );
        assert_eq!(faults(at(json!("2031-01-03T00:00:00Z"))), ["at"]);
        assert_eq!(
            faults(check(json!({ "version": -1, "at": "soon", "x": 1 }))),
            ["version", "at", "x"]
        );
        assert_eq!(faults(check(json!({}))), ["version"]);
    }
}
