//! Whether an edit notifies participants, and what the organizer adds to the notice.

use serde::{Deserialize, Serialize};

use super::CompetitionDraft;
use crate::ChangeNote;

/// What an edit says about the notice of its changes. Participants are notified when the title, the
/// start, the end, the place or the online link changes, unless the organizer does not want it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeNotice {
    /// Whether participants are notified.
    pub is_wanted: bool,
    /// What the organizer adds.
    pub note: Option<ChangeNote>,
}

impl Default for ChangeNotice {
    fn default() -> Self {
        Self { is_wanted: true, note: None }
    }
}

/// The fields of a form that participants are notified of. Another time zone moves the times.
const NOTIFIED: [&str; 7] =
    ["title", "venueName", "venueAddress", "onlineUrl", "timeZone", "startDate", "endsAt"];

/// The text of the form that edits a competition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditDraft {
    /// The fields of the competition.
    #[serde(flatten)]
    pub draft: CompetitionDraft,
    /// The fields of the notice.
    #[serde(flatten)]
    pub notice: NoticeDraft,
}

impl EditDraft {
    /// Whether participants are notified of the edit, if there are any. The form was opened on
    /// `seen`.
    pub fn notifies(&self, seen: &CompetitionDraft) -> bool {
        let changed = self.draft.changed_since(seen);
        !self.notice.notify_participants.is_empty()
            && changed.into_iter().any(|field| NOTIFIED.contains(&field))
    }
}

/// What the form that edits a competition says about the notice of the changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NoticeDraft {
    /// `true`; empty when participants are not notified.
    pub notify_participants: String,
    /// What the notice adds; may be empty.
    pub change_note: String,
}

impl NoticeDraft {
    /// Of a form that is opened: participants are notified.
    pub fn wanted() -> Self {
        Self { notify_participants: true.to_string(), change_note: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_notifies_participants_of_some_fields_unless_it_says_otherwise() {
        let seen = CompetitionDraft { title: "Chess".into(), ..Default::default() };
        let renamed = CompetitionDraft { title: "Go".into(), ..seen.clone() };
        let grown = CompetitionDraft { capacity: "60".into(), ..seen.clone() };
        for (draft, notice, notifies) in [
            (&renamed, NoticeDraft::wanted(), true),
            (&renamed, NoticeDraft::default(), false),
            (&grown, NoticeDraft::wanted(), false),
        ] {
            let edit = EditDraft { draft: draft.clone(), notice };
            assert_eq!(edit.notifies(&seen), notifies, "{edit:?}");
        }
        for field in NOTIFIED {
            assert!(CompetitionDraft::FIELDS.contains(&field), "{field}");
        }
    }
}
