//! A message of an organizer to participants.

use domain::{
    AnswerFilter, CompetitionId, MessageRecipients, OrganizerMessage, OrganizerMessageDraft,
    OrganizerMessageId, OrganizerMessageStatus, RegistrationId, RegistrationStatus, Timestamp,
};
use sea_orm::entity::prelude::*;

use crate::{Error, Result};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "organizer_messages")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: OrganizerMessageId,
    pub(crate) competition_id: CompetitionId,
    pub(crate) subject: String,
    /// Markdown.
    pub(crate) text: String,
    /// The statuses of its recipients, as they were chosen, separated by commas.
    pub(crate) statuses: String,
    /// An [`AnswerFilter`].
    pub(crate) answer: Option<String>,
    /// Incremented by each edit.
    pub(crate) version: i32,
    pub(crate) created_at: DateTimeUtc,
    /// When its organizer asked to send it; `None` for a draft.
    pub(crate) requested_at: Option<DateTimeUtc>,
    /// When its sending begins; `None` for a draft.
    pub(crate) send_at: Option<DateTimeUtc>,
    pub(crate) started_at: Option<DateTimeUtc>,
    /// When the last recipient had it.
    pub(crate) finished_at: Option<DateTimeUtc>,
    /// When it was stopped, after its sending had begun.
    pub(crate) stopped_at: Option<DateTimeUtc>,
    /// How many recipients it had when its sending began.
    pub(crate) recipients: Option<i32>,
    /// How many recipients have it.
    pub(crate) sent: i32,
    /// When the recipient who got it last had registered.
    pub(crate) last_registered_at: Option<DateTimeUtc>,
    /// The registration of the recipient who got it last.
    pub(crate) last_registration_id: Option<RegistrationId>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// A draft.
    pub(crate) fn draft(
        id: OrganizerMessageId,
        competition: CompetitionId,
        draft: OrganizerMessageDraft,
        now: Timestamp,
    ) -> Self {
        let mut row = Self {
            id,
            competition_id: competition,
            subject: String::new(),
            text: String::new(),
            statuses: String::new(),
            answer: None,
            version: 0,
            created_at: now.utc(),
            requested_at: None,
            send_at: None,
            started_at: None,
            finished_at: None,
            stopped_at: None,
            recipients: None,
            sent: 0,
            last_registered_at: None,
            last_registration_id: None,
        };
        row.write(draft);
        row
    }

    /// Replaces what it says and who gets it.
    pub(crate) fn write(&mut self, draft: OrganizerMessageDraft) {
        let OrganizerMessageDraft { subject, text, recipients } = draft;
        let names = recipients.chosen().iter().map(|status| status.as_str());
        self.statuses = names.collect::<Vec<_>>().join(",");
        self.answer = recipients.answer().map(ToString::to_string);
        self.subject = subject.into_string();
        self.text = text.into_string();
        self.version += 1;
    }

    /// How far it has come at `now`.
    pub(crate) fn status(&self, now: Timestamp) -> OrganizerMessageStatus {
        use OrganizerMessageStatus::{Draft, Scheduled, Sending, Sent, Stopped};

        match (self.send_at, self.stopped_at, self.finished_at) {
            (None, ..) => Draft,
            (_, Some(_), _) => Stopped,
            (_, _, Some(_)) => Sent,
            (Some(at), ..) if self.started_at.is_some() || at <= now.utc() => Sending,
            _ => Scheduled,
        }
    }

    /// Who gets it.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub(crate) fn to(&self) -> Result<MessageRecipients> {
        let names: Vec<_> = self.statuses.split(',').map(str::to_owned).collect();
        let answer = self.answer.as_deref().map(str::parse::<AnswerFilter>).transpose();
        let recipients = answer.and_then(|answer| MessageRecipients::parse(&names, answer));
        recipients.map_err(|error| Error::Corrupt(format!("{} is to {error}", self.id)))
    }

    pub(crate) fn into_view(self, now: Timestamp) -> OrganizerMessage {
        let statuses = self.statuses.split(',').filter_map(|name| name.parse().ok());
        OrganizerMessage {
            id: self.id,
            status: self.status(now),
            statuses: statuses.collect::<Vec<RegistrationStatus>>(),
            subject: self.subject,
            text: self.text,
            answer: self.answer,
            version: self.version.unsigned_abs(),
            created_at: self.created_at.into(),
            send_at: self.send_at.map(Into::into),
            started_at: self.started_at.map(Into::into),
            ended_at: self.stopped_at.or(self.finished_at).map(Into::into),
            recipients: self.recipients.map(|count| count.unsigned_abs().into()),
            sent: self.sent.unsigned_abs().into(),
        }
    }
}
