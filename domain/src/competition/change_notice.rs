//! Whether an edit notifies participants, and what the organizer adds to the notice.

use serde::{Deserialize, Serialize};

use super::CompetitionDraft;
use crate::ChangeNote;

/// What an edit says about the notice of its changes. Participants are notified when the title, the
/// start, the end, the place or the online link changes, unless the organizer does not want it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeChoice {
    /// Whether participants are notified.
    pub is_wanted: bool,
    /// What the organizer adds.
    pub note: Option<ChangeNote>,
}

impl Default for NoticeChoice {
    fn default() -> Self {
        Self { is_wanted: true, note: None }
    }
}

/// The fields of a form that participants are notified of. Another time zone moves the times, too.
const NOTIFIED: [&str; 6] =
    ["title", "venueName", "venueAddress", "onlineUrl", "startDate", "endsAt"];

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
        let has_times = !self.draft.start_date.is_empty() || !self.draft.ends_at.is_empty();
        let is_notified = |field| NOTIFIED.contains(&field) || (field == "timeZone" && has_times);
        self.notice.is_wanted() && self.draft.changed_since(seen).into_iter().any(is_notified)
    }
}

/// What the form that edits a competition says about the notice of the changes. A browser sends
/// nothing for a box that is not ticked: `is_offered` says that the form had one. Without a box,
/// participants are notified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NoticeDraft {
    /// `true` if the form offers the choice; empty otherwise.
    #[serde(rename = "noticeIsOffered")]
    pub is_offered: String,
    /// `true`; empty when the box is not ticked.
    pub notify_participants: String,
    /// What the notice adds; may be empty.
    pub change_note: String,
}

impl NoticeDraft {
    /// Whether participants are notified.
    pub fn is_wanted(&self) -> bool {
        self.is_offered.is_empty() || !self.notify_participants.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_notifies_participants_of_some_fields_unless_it_says_otherwise() {
        let seen = CompetitionDraft { title: "Chess".into(), ..Default::default() };
        let with = |change: fn(&mut CompetitionDraft)| {
            let mut draft = seen.clone();
            change(&mut draft);
            draft
        };
        let renamed = with(|draft| draft.title = "Go".into());
        let grown = with(|draft| draft.capacity = "60".into());
        let in_another_zone = with(|draft| draft.time_zone = "UTC".into());
        let moved = with(|draft| {
            (draft.time_zone, draft.start_date) = ("UTC".into(), "2026-11-29T07:10".into());
        });
        let without_box = NoticeDraft::default();
        let unticked = NoticeDraft { is_offered: "true".into(), ..Default::default() };
        let ticked = NoticeDraft { notify_participants: "true".into(), ..unticked.clone() };
        for (draft, notice, notifies) in [
            (&renamed, &without_box, true),
            (&renamed, &ticked, true),
            (&renamed, &unticked, false),
            (&grown, &ticked, false),
            (&in_another_zone, &ticked, false),
            (&moved, &ticked, true),
        ] {
            let edit = EditDraft { draft: draft.clone(), notice: notice.clone() };
            assert_eq!(edit.notifies(&seen), notifies, "{edit:?}");
        }
        for field in NOTIFIED {
            assert!(CompetitionDraft::FIELDS.contains(&field), "{field}");
        }
    }
}
