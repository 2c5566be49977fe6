//! Longer texts about a competition, beside its description: rules, prizes, schedule.

use serde::{Deserialize, Serialize};

use super::optional_text::OptionalTexts;
use crate::{Faults, Raw, SectionText};

/// The sections of a competition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Sections {
    /// The rules, in Markdown.
    #[cfg_attr(feature = "openapi", schema(required, example = "One idea a team."))]
    pub rules: Option<String>,
    /// What can be won, in Markdown.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub prizes: Option<String>,
    /// What happens when, in Markdown.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub schedule: Option<String>,
}

/// An edit of [`Sections`]. `None` stays as it is, `Some(None)` is removed.
#[derive(Clone, Debug, Default)]
pub struct SectionsEdit {
    /// The rules.
    pub rules: Option<Option<SectionText>>,
    /// What can be won.
    pub prizes: Option<Option<SectionText>>,
    /// What happens when.
    pub schedule: Option<Option<SectionText>>,
}

impl Sections {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl SectionsEdit {
    /// The sections after the edit.
    pub fn applied_to(&self, current: &Sections) -> Sections {
        let edited = |edit: &Option<Option<SectionText>>, current: &Option<String>| match edit {
            None => current.clone(),
            Some(text) => text.as_ref().map(SectionText::to_string),
        };
        Sections {
            rules: edited(&self.rules, &current.rules),
            prizes: edited(&self.prizes, &current.prizes),
            schedule: edited(&self.schedule, &current.schedule),
        }
    }
}

/// [`SectionsEdit`], unchecked. `None` is absent; null or a blank text removes.
pub(super) struct RawSections {
    pub(super) rules: Option<Raw<String>>,
    pub(super) prizes: Option<Raw<String>>,
    pub(super) schedule: Option<Raw<String>>,
}

impl RawSections {
    /// Adds a fault for each text that is wrong.
    pub(super) fn check(self, faults: &mut Faults) -> Option<SectionsEdit> {
        let mut texts = OptionalTexts(faults);
        let mut section = |field: &str, label: &str, raw| {
            texts.check(field, label, raw, |text| SectionText::parse(label, text))
        };
        let rules = section("rules", "Rules", self.rules);
        let prizes = section("prizes", "Prizes", self.prizes);
        let schedule = section("schedule", "Schedule", self.schedule);
        Some(SectionsEdit { rules: rules?, prizes: prizes?, schedule: schedule? })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{CompetitionInput, CompetitionPatch};

    fn of_new(sections: &serde_json::Value) -> Sections {
        let mut body = json!({
            "title": "Code Sprint", "description": "24 hours", "capacity": 5,
            "regDeadline": "2026-11-24T12:00:00Z",
        });
        body.as_object_mut().unwrap().extend(sections.as_object().unwrap().clone());
        let input: CompetitionInput = serde_json::from_value(body).unwrap();
        input
            .check("2026-11-23T12:00:00Z".parse().unwrap(), |zone| Some(zone.clone()))
            .unwrap()
            .sections
    }

    fn edit(body: serde_json::Value) -> Result<SectionsEdit, crate::PublicError> {
        let patch: CompetitionPatch = serde_json::from_value(body).unwrap();
        Ok(patch.check(|zone| Some(zone.clone()))?.sections)
    }

    #[test]
    fn sections_of_a_new_competition_are_optional() {
        assert!(of_new(&json!({})).is_empty());
        assert!(of_new(&json!({ "rules": " \n", "prizes": null })).is_empty());
        let sections = of_new(&json!({ "rules": "- one\r\n- two ", "schedule": "9:00 Start" }));
        assert_eq!(sections.rules.as_deref(), Some("- one\n- two"));
        assert_eq!((sections.prizes, sections.schedule), (None, Some("9:00 Start".into())));
    }

    #[test]
    fn an_edit_changes_the_sections_that_it_names_only() {
        let current = Sections {
            rules: Some("One idea".into()),
            prizes: Some("A cup".into()),
            schedule: Some("9:00".into()),
        };
        let edit = edit(json!({ "rules": "Two ideas", "prizes": null })).unwrap();
        assert_eq!(
            edit.applied_to(&current),
            Sections { rules: Some("Two ideas".into()), prizes: None, ..current.clone() }
        );
        assert_eq!(SectionsEdit::default().applied_to(&current), current);
    }

    #[test]
    fn every_wrong_section_is_reported_at_once() {
        let long = "x".repeat(10_001);
        let body = json!({ "rules": long, "prizes": 7, "schedule": "nul \u{0}" });
        let faults = edit(body).unwrap_err().fields;
        let faults: Vec<_> = faults.iter().map(|fault| (&*fault.field, &*fault.message)).collect();
        assert_eq!(
            faults,
            [
                ("rules", "Rules must have at most 10000 characters"),
                ("prizes", "Prizes must be text"),
                ("schedule", "Schedule must not contain control characters"),
            ]
        );
        assert!(edit(json!({ "rules": "x".repeat(10_000) })).is_ok());
    }

    #[test]
    fn sections_that_an_earlier_release_has_not_stored_are_read_as_missing() {
        assert_eq!(serde_json::from_str::<Sections>("{}").unwrap(), Sections::default());
    }
}
