//! Which messages a user wants by mail.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{Faults, PublicError, Raw, account::refuse_unknown};

/// A kind of messages that a user can do without by mail. Messages about the account and its
/// security are always mailed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailKind {
    /// Confirmations, and what an organizer decides on a registration.
    Registrations,
    /// Competitions that have changed or were cancelled.
    Changes,
    /// Competitions that start soon.
    Reminders,
    /// Invitations to competitions.
    Invitations,
    /// What organizers write to participants.
    Messages,
    /// What participants do with the competitions of an organizer.
    Organizing,
}

impl MailKind {
    /// Every kind there is, in the order of forms.
    pub const ALL: [Self; 6] = [
        Self::Registrations,
        Self::Changes,
        Self::Reminders,
        Self::Messages,
        Self::Invitations,
        Self::Organizing,
    ];

    /// The name in links, on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registrations => "registrations",
            Self::Changes => "changes",
            Self::Reminders => "reminders",
            Self::Invitations => "invitations",
            Self::Messages => "messages",
            Self::Organizing => "organizing",
        }
    }

    /// What the messages are about.
    pub fn words(self) -> &'static str {
        match self {
            Self::Registrations => "your registrations",
            Self::Changes => "changed and cancelled competitions",
            Self::Reminders => "competitions that start soon",
            Self::Invitations => "invitations to competitions",
            Self::Messages => "messages of organizers",
            Self::Organizing => "your competitions as an organizer",
        }
    }

    /// Whether a mail of this kind has a link that ends them: participants count on the others.
    pub fn has_unsubscribe_link(self) -> bool {
        matches!(self, Self::Reminders | Self::Invitations | Self::Messages | Self::Organizing)
    }
}

impl fmt::Display for MailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for MailKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| "There is no such kind of messages".into())
    }
}

/// Where messages of a kind go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum MailChannel {
    /// To the mailbox on the site, and by mail.
    #[default]
    Mail,
    /// To the mailbox on the site only.
    Mailbox,
}

impl FromStr for MailChannel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "MAIL" => Ok(Self::Mail),
            "MAILBOX" => Ok(Self::Mailbox),
            _ => Err("Enter MAIL or MAILBOX".into()),
        }
    }
}

/// Where the messages of each kind go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "registrations": "MAIL", "changes": "MAIL", "reminders": "MAILBOX", "invitations": "MAIL",
        "messages": "MAIL", "organizing": "MAIL"
    }))
)]
pub struct MailPreferences {
    /// Confirmations, and what an organizer decides on a registration.
    pub registrations: MailChannel,
    /// Competitions that have changed or were cancelled.
    pub changes: MailChannel,
    /// Competitions that start soon.
    pub reminders: MailChannel,
    /// Invitations to competitions.
    pub invitations: MailChannel,
    /// What organizers write to participants.
    pub messages: MailChannel,
    /// What participants do with the competitions of an organizer.
    pub organizing: MailChannel,
}

impl MailPreferences {
    /// Where messages of a kind go.
    pub fn channel(&self, kind: MailKind) -> MailChannel {
        match kind {
            MailKind::Registrations => self.registrations,
            MailKind::Changes => self.changes,
            MailKind::Reminders => self.reminders,
            MailKind::Invitations => self.invitations,
            MailKind::Messages => self.messages,
            MailKind::Organizing => self.organizing,
        }
    }

    /// The same preferences but for one kind.
    #[must_use]
    pub fn with(mut self, kind: MailKind, channel: MailChannel) -> Self {
        let of_kind = match kind {
            MailKind::Registrations => &mut self.registrations,
            MailKind::Changes => &mut self.changes,
            MailKind::Reminders => &mut self.reminders,
            MailKind::Invitations => &mut self.invitations,
            MailKind::Messages => &mut self.messages,
            MailKind::Organizing => &mut self.organizing,
        };
        *of_kind = channel;
        self
    }
}

/// The body of an edit of preferences, unchecked. Absent fields stay as they are.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({ "reminders": "MAILBOX" })))]
#[serde(expecting = "an object")]
pub struct MailPreferencesPatch {
    /// Confirmations, and what an organizer decides on a registration.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<MailChannel>))]
    #[serde(default)]
    pub registrations: Raw<String>,
    /// Competitions that have changed or were cancelled.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<MailChannel>))]
    #[serde(default)]
    pub changes: Raw<String>,
    /// Competitions that start soon.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<MailChannel>))]
    #[serde(default)]
    pub reminders: Raw<String>,
    /// Invitations to competitions.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<MailChannel>))]
    #[serde(default)]
    pub invitations: Raw<String>,
    /// What organizers write to participants.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<MailChannel>))]
    #[serde(default)]
    pub messages: Raw<String>,
    /// What participants do with the competitions of an organizer.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<MailChannel>))]
    #[serde(default)]
    pub organizing: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

impl MailPreferencesPatch {
    /// Applies every rule. Returns the kinds that change.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(&self) -> Result<Vec<(MailKind, MailChannel)>, PublicError> {
        let mut faults = Faults::default();
        let mut edits = Vec::new();
        for kind in MailKind::ALL {
            let channel = match self.field(kind) {
                Raw::Missing => continue,
                Raw::WrongType => "".parse(),
                Raw::Given(text) => text.parse(),
            };
            edits.extend(faults.check(kind.as_str(), channel).map(|channel| (kind, channel)));
        }
        refuse_unknown(&mut faults, &self.unknown);
        faults.finish(Some(edits))
    }

    fn field(&self, kind: MailKind) -> &Raw<String> {
        match kind {
            MailKind::Registrations => &self.registrations,
            MailKind::Changes => &self.changes,
            MailKind::Reminders => &self.reminders,
            MailKind::Invitations => &self.invitations,
            MailKind::Messages => &self.messages,
            MailKind::Organizing => &self.organizing,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(body: serde_json::Value) -> Result<Vec<(MailKind, MailChannel)>, Vec<String>> {
        let patch: MailPreferencesPatch = serde_json::from_value(body).unwrap();
        let fields =
            |error: PublicError| error.fields.into_iter().map(|field| field.field).collect();
        patch.check().map_err(fields)
    }

    #[test]
    fn a_patch_has_the_kinds_that_change_and_every_fault_at_once() {
        let edits = vec![
            (MailKind::Changes, MailChannel::Mail),
            (MailKind::Reminders, MailChannel::Mailbox),
        ];
        let body = json!({ "reminders": "MAILBOX", "changes": "MAIL", "invitations": null });
        assert_eq!(check(body), Ok(edits));
        let body = json!({ "registrations": 1, "reminders": "mailbox", "security": "MAILBOX" });
        let faults = ["registrations", "reminders", "security"].map(str::to_owned).to_vec();
        assert_eq!(check(body), Err(faults));
    }

    #[test]
    fn a_preference_is_set_for_one_kind_only() {
        for kind in MailKind::ALL {
            let changed = MailPreferences::default().with(kind, MailChannel::Mailbox);
            let mailbox_only = MailKind::ALL
                .into_iter()
                .filter(|kind| changed.channel(*kind) != MailChannel::Mail);
            assert_eq!(mailbox_only.collect::<Vec<_>>(), [kind]);
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
