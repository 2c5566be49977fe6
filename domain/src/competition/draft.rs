//! A competition as a form shows it: text in fields.

use serde::{Deserialize, Serialize};

/// The text in the fields of a form. The names are those of the API, under which errors are
/// reported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CompetitionDraft {
    /// One line.
    pub title: String,
    /// Markdown.
    pub description: String,
    /// With commas between them.
    pub tags: String,
    /// A whole number.
    pub capacity: String,
    /// A whole number; empty for none.
    pub waitlist_capacity: String,
    /// `2026-11-29T07:10`; may be empty.
    pub promote_until: String,
    /// `true`; empty when registrations need no approval.
    pub approval_required: String,
    /// The IANA time zone of the times below.
    pub time_zone: String,
    /// `2026-11-29T07:10`; may be empty.
    pub reg_opens_at: String,
    /// The same; required.
    pub reg_deadline: String,
    /// The same; may be empty.
    pub start_date: String,
    /// The same; may be empty.
    pub ends_at: String,
    /// `1 week, 1 day`; may be empty.
    pub reminder_offsets: String,
    /// One line; may be empty.
    pub summary: String,
    /// One line; may be empty.
    pub venue_name: String,
    /// One line; may be empty.
    pub venue_address: String,
    /// A link; may be empty.
    pub online_url: String,
    /// A link; may be empty.
    pub website: String,
    /// An email address; may be empty.
    pub contact_email: String,
    /// Markdown; may be empty.
    pub rules: String,
    /// The same.
    pub prizes: String,
    /// The same.
    pub schedule: String,
    /// A [`crate::Visibility`].
    pub visibility: String,
}

/// A field that was edited by another user while a form was open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    /// The name of the field on the wire.
    pub field: String,
    /// The current value.
    pub now: String,
    /// Whether it was changed in the form as well, to another value. Otherwise the form has the
    /// current value.
    pub is_mine: bool,
}

impl CompetitionDraft {
    /// The names of the fields on the wire, in the order of the form.
    pub const FIELDS: [&str; 23] = [
        "title",
        "summary",
        "description",
        "tags",
        "website",
        "contactEmail",
        "rules",
        "prizes",
        "schedule",
        "venueName",
        "venueAddress",
        "onlineUrl",
        "capacity",
        "waitlistCapacity",
        "approvalRequired",
        "timeZone",
        "regOpensAt",
        "regDeadline",
        "promoteUntil",
        "startDate",
        "endsAt",
        "reminderOffsets",
        "visibility",
    ];

    /// The texts, in the order of [`Self::FIELDS`].
    pub fn texts(&self) -> [&String; 23] {
        [
            &self.title,
            &self.summary,
            &self.description,
            &self.tags,
            &self.website,
            &self.contact_email,
            &self.rules,
            &self.prizes,
            &self.schedule,
            &self.venue_name,
            &self.venue_address,
            &self.online_url,
            &self.capacity,
            &self.waitlist_capacity,
            &self.approval_required,
            &self.time_zone,
            &self.reg_opens_at,
            &self.reg_deadline,
            &self.promote_until,
            &self.start_date,
            &self.ends_at,
            &self.reminder_offsets,
            &self.visibility,
        ]
    }

    fn texts_mut(&mut self) -> [&mut String; 23] {
        [
            &mut self.title,
            &mut self.summary,
            &mut self.description,
            &mut self.tags,
            &mut self.website,
            &mut self.contact_email,
            &mut self.rules,
            &mut self.prizes,
            &mut self.schedule,
            &mut self.venue_name,
            &mut self.venue_address,
            &mut self.online_url,
            &mut self.capacity,
            &mut self.waitlist_capacity,
            &mut self.approval_required,
            &mut self.time_zone,
            &mut self.reg_opens_at,
            &mut self.reg_deadline,
            &mut self.promote_until,
            &mut self.start_date,
            &mut self.ends_at,
            &mut self.reminder_offsets,
            &mut self.visibility,
        ]
    }

    /// The names of the fields that differ from `seen`.
    pub fn changed_since(&self, seen: &Self) -> Vec<&'static str> {
        let pairs = Self::FIELDS.into_iter().zip(self.texts().into_iter().zip(seen.texts()));
        pairs.filter(|(_, (mine, seen))| !same(mine, seen)).map(|(field, _)| field).collect()
    }

    /// Rebases a form that was opened on `seen` onto the current values in `now`. Unchanged fields
    /// get the current value; changed ones keep theirs. Returns the fields that another user has
    /// edited.
    pub fn rebase(&mut self, seen: &Self, now: &Self) -> Vec<Clash> {
        let mut clashes = Vec::new();
        let others = seen.texts().into_iter().zip(now.texts());
        for ((field, mine), (seen, now)) in
            Self::FIELDS.into_iter().zip(self.texts_mut()).zip(others)
        {
            if same(seen, now) || same(mine, now) {
                continue;
            }
            let is_mine = !same(mine, seen);
            if !is_mine {
                mine.clone_from(now);
            }
            clashes.push(Clash { field: field.into(), now: now.clone(), is_mine });
        }
        clashes
    }

    /// Resets each field that is not empty in `ticked` to its value in `seen`.
    pub fn reset_fields(&mut self, ticked: &Self, seen: &Self) {
        let others = ticked.texts().into_iter().zip(seen.texts());
        for (mine, (ticked, seen)) in self.texts_mut().into_iter().zip(others) {
            if !ticked.is_empty() {
                mine.clone_from(seen);
            }
        }
    }
}

/// Compares without surrounding blanks and without regard to line ends, which forms change.
fn same(a: &str, b: &str) -> bool {
    a.trim().lines().eq(b.trim().lines())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(title: &str, capacity: &str, start: &str) -> CompetitionDraft {
        CompetitionDraft {
            title: title.into(),
            description: "two\nlines".into(),
            capacity: capacity.into(),
            start_date: start.into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_rebased_form_has_the_edits_of_others() {
        let seen = draft("Chess", "40", "2026-11-29T07:10");
        let now = draft("Chess Open", "50", "");
        let mut mine = draft("Chess Cup", "40", "2026-11-29T07:10");
        mine.description = "two\r\nlines ".into();

        let clashes = mine.rebase(&seen, &now);

        let shown: Vec<_> =
            clashes.iter().map(|clash| (&*clash.field, &*clash.now, clash.is_mine)).collect();
        assert_eq!(
            shown,
            [("title", "Chess Open", true), ("capacity", "50", false), ("startDate", "", false)]
        );
        assert_eq!((&*mine.title, &*mine.capacity, &*mine.start_date), ("Chess Cup", "50", ""));
        assert_eq!(mine.changed_since(&now), ["title"]);
    }

    #[test]
    fn equal_edits_do_not_clash() {
        let (seen, now) = (draft("Chess", "40", ""), draft("Chess Open", "40", ""));
        let mut mine = now.clone();
        assert_eq!(mine.rebase(&seen, &now), []);
    }

    #[test]
    fn a_reset_field_has_its_value_as_opened() {
        let seen = draft("Chess Open", "50", "");
        let mut mine = draft("Chess Cup", "60", "");
        let ticked = CompetitionDraft { title: "1".into(), ..Default::default() };
        mine.reset_fields(&ticked, &seen);
        assert_eq!((&*mine.title, &*mine.capacity), ("Chess Open", "60"));
        assert_eq!(mine.changed_since(&seen), ["capacity"]);
    }
}
