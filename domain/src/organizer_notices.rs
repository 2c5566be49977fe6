//! What organizers hear of what participants do with their competitions.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{Faults, PublicError, Raw, account::refuse_unknown};

/// What an organizer can be notified of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrganizerNotice {
    /// Participants have registered, joined the waiting list, or asked to register.
    Registrations,
    /// Participants have cancelled their registrations.
    Cancellations,
    /// The last seat is taken.
    Full,
    /// Nobody is on the waiting list any more.
    WaitlistEmpty,
}

impl OrganizerNotice {
    /// Every notice there is, in the order of forms.
    pub const ALL: [Self; 4] =
        [Self::Registrations, Self::Cancellations, Self::Full, Self::WaitlistEmpty];

    /// The name on the wire and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registrations => "registrations",
            Self::Cancellations => "cancellations",
            Self::Full => "full",
            Self::WaitlistEmpty => "waitlistEmpty",
        }
    }
}

/// When an organizer is notified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeTiming {
    /// Within minutes.
    AtOnce,
    /// With all other news of the day, in the morning.
    Daily,
    /// Not at all.
    Never,
}

impl NoticeTiming {
    /// Every timing there is, in the order of forms.
    pub const ALL: [Self; 3] = [Self::AtOnce, Self::Daily, Self::Never];

    /// The name on the wire, in forms and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtOnce => "AT_ONCE",
            Self::Daily => "DAILY",
            Self::Never => "NEVER",
        }
    }
}

impl fmt::Display for NoticeTiming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for NoticeTiming {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|timing| timing.as_str() == text);
        found.ok_or_else(|| "Enter AT_ONCE, DAILY or NEVER".into())
    }
}

/// When an organizer is notified of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "registrations": "DAILY", "cancellations": "DAILY", "full": "AT_ONCE",
        "waitlistEmpty": "AT_ONCE"
    }))
)]
#[serde(rename_all = "camelCase")]
pub struct OrganizerNotices {
    /// Participants have registered, joined the waiting list, or asked to register.
    pub registrations: NoticeTiming,
    /// Participants have cancelled their registrations.
    pub cancellations: NoticeTiming,
    /// The last seat is taken.
    pub full: NoticeTiming,
    /// Nobody is on the waiting list any more.
    pub waitlist_empty: NoticeTiming,
}

impl Default for OrganizerNotices {
    fn default() -> Self {
        Self {
            registrations: NoticeTiming::Daily,
            cancellations: NoticeTiming::Daily,
            full: NoticeTiming::AtOnce,
            waitlist_empty: NoticeTiming::AtOnce,
        }
    }
}

impl OrganizerNotices {
    /// When the organizer is notified of this.
    pub fn timing(&self, notice: OrganizerNotice) -> NoticeTiming {
        match notice {
            OrganizerNotice::Registrations => self.registrations,
            OrganizerNotice::Cancellations => self.cancellations,
            OrganizerNotice::Full => self.full,
            OrganizerNotice::WaitlistEmpty => self.waitlist_empty,
        }
    }

    /// The same but for one notice.
    #[must_use]
    pub fn with(mut self, notice: OrganizerNotice, timing: NoticeTiming) -> Self {
        let of_notice = match notice {
            OrganizerNotice::Registrations => &mut self.registrations,
            OrganizerNotice::Cancellations => &mut self.cancellations,
            OrganizerNotice::Full => &mut self.full,
            OrganizerNotice::WaitlistEmpty => &mut self.waitlist_empty,
        };
        *of_notice = timing;
        self
    }
}

/// The body of an edit of these choices, unchecked. Absent fields stay as they are.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({ "registrations": "AT_ONCE" })))]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct OrganizerNoticesPatch {
    /// Participants have registered, joined the waiting list, or asked to register.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<NoticeTiming>))]
    #[serde(default)]
    pub registrations: Raw<String>,
    /// Participants have cancelled their registrations.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<NoticeTiming>))]
    #[serde(default)]
    pub cancellations: Raw<String>,
    /// The last seat is taken.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<NoticeTiming>))]
    #[serde(default)]
    pub full: Raw<String>,
    /// Nobody is on the waiting list any more.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<NoticeTiming>))]
    #[serde(default)]
    pub waitlist_empty: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

impl OrganizerNoticesPatch {
    /// Applies every rule. Returns the notices that change.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(&self) -> Result<Vec<(OrganizerNotice, NoticeTiming)>, PublicError> {
        let mut faults = Faults::default();
        let mut edits = Vec::new();
        for notice in OrganizerNotice::ALL {
            let timing = match self.field(notice) {
                Raw::Missing => continue,
                Raw::WrongType => "".parse(),
                Raw::Given(text) => text.parse(),
            };
            edits.extend(faults.check(notice.as_str(), timing).map(|timing| (notice, timing)));
        }
        refuse_unknown(&mut faults, &self.unknown);
        faults.finish(Some(edits))
    }

    fn field(&self, notice: OrganizerNotice) -> &Raw<String> {
        match notice {
            OrganizerNotice::Registrations => &self.registrations,
            OrganizerNotice::Cancellations => &self.cancellations,
            OrganizerNotice::Full => &self.full,
            OrganizerNotice::WaitlistEmpty => &self.waitlist_empty,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_has_the_notices_that_change_and_every_fault_at_once() {
        let check = |body: serde_json::Value| {
            serde_json::from_value::<OrganizerNoticesPatch>(body).unwrap().check()
        };
        let edits = vec![
            (OrganizerNotice::Registrations, NoticeTiming::AtOnce),
            (OrganizerNotice::WaitlistEmpty, NoticeTiming::Never),
        ];
        let body = json!({ "registrations": "AT_ONCE", "waitlistEmpty": "NEVER", "full": null });
        assert_eq!(check(body), Ok(edits));
        let error = check(json!({ "full": 1, "cancellations": "daily", "x": 1 })).unwrap_err();
        let fields: Vec<_> = error.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["cancellations", "full", "x"]);
    }

    #[test]
    fn a_choice_is_set_for_one_notice_only() {
        for notice in OrganizerNotice::ALL {
            let changed = OrganizerNotices::default().with(notice, NoticeTiming::Never);
            for other in OrganizerNotice::ALL {
                let is_never = changed.timing(other) == NoticeTiming::Never;
                assert_eq!(is_never, other == notice, "{other:?}");
            }
        }
    }
}
