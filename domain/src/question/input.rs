//! Questions as an organizer sends them.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use super::QuestionKind;
use crate::{
    Faults, QuestionId, QuestionLabel, QuestionOption, Raw, WebLink,
    account::{flag, optional_text, refuse_unknown_in, text},
    raw::FromJson,
};

/// The most questions that a competition asks.
pub const MAX_QUESTIONS: usize = 20;
/// The most options of a question.
pub const MAX_OPTIONS: usize = 50;

/// A question of a new or edited competition, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct QuestionInput {
    /// A question that the competition asks or has asked: it is edited, and its answers stay. A
    /// question without an id is new.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<QuestionId>))]
    #[serde(default)]
    pub id: Raw<String>,
    /// What it asks for. The kind of a question cannot be edited.
    #[cfg_attr(feature = "openapi", schema(value_type = QuestionKind, required))]
    #[serde(default)]
    pub kind: Raw<String>,
    /// The question: one line, at most 200 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = QuestionLabel, required))]
    #[serde(default)]
    pub label: Raw<String>,
    /// What helps to answer it: one line, at most 300 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::QuestionHelp>))]
    #[serde(default)]
    pub help: Raw<String>,
    /// Whether it must be answered; a `YES_NO` with yes. `false` when it is absent or null.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    #[serde(default)]
    pub required: Raw<bool>,
    /// The options of `ONE_OF` and `ANY_OF`: 1 to 50, no two alike, 100 characters each.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<Vec<QuestionOption>>, max_items = 50)
    )]
    #[serde(default)]
    pub options: Raw<Vec<String>>,
    /// A page to read before answering, such as terms.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<WebLink>))]
    #[serde(default)]
    pub link: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// A question that has been checked, apart from its id.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct QuestionDraft {
    /// The question that it edits; `None` for a new one.
    pub id: Option<QuestionId>,
    /// What it asks for.
    pub kind: QuestionKind,
    /// One line.
    pub label: String,
    /// One line.
    pub help: Option<String>,
    /// Whether it must be answered.
    pub required: bool,
    /// No two alike; empty unless the kind [has options](QuestionKind::has_options).
    pub options: Vec<String>,
    /// A link.
    pub link: Option<String>,
}

impl FromJson for Vec<QuestionInput> {
    fn from_json(value: Value) -> Option<Self> {
        serde_json::from_value(value).ok()
    }
}

/// Checks the questions of a competition; adds each fault.
pub(crate) fn questions(
    faults: &mut Faults,
    raw: Raw<Vec<QuestionInput>>,
) -> Option<Vec<QuestionDraft>> {
    let inputs = match raw {
        Raw::Missing => return Some(Vec::new()),
        Raw::Given(inputs) if inputs.len() <= MAX_QUESTIONS => inputs,
        Raw::Given(_) => {
            faults.add("questions", format!("Questions must be at most {MAX_QUESTIONS}"));
            return None;
        }
        Raw::WrongType => {
            faults.add("questions", "Questions must be a list of objects");
            return None;
        }
    };
    let mut seen = HashSet::new();
    let checked = inputs.into_iter().enumerate().map(|(index, input)| {
        let draft = input.check(index, faults)?;
        if draft.id.is_some_and(|id| !seen.insert(id)) {
            faults.add(&field(index, "id"), "This question is in the list already");
            return None;
        }
        Some(draft)
    });
    // All of them, so that all faults are reported.
    let checked: Vec<_> = checked.collect();
    checked.into_iter().collect()
}

/// The name of a field of the question at `index` in errors.
pub(super) fn field(index: usize, name: &str) -> String {
    format!("questions.{index}.{name}")
}

impl QuestionInput {
    fn check(self, index: usize, faults: &mut Faults) -> Option<QuestionDraft> {
        let field = |name| field(index, name);
        let id = faults.check(&field("id"), id(&self.id));
        let kind = faults.check(&field("kind"), kind(&self.kind));
        let label = text(self.label, "Question").and_then(|label| QuestionLabel::parse(&label));
        let label = faults.check(&field("label"), label);
        let help = optional_text(self.help, "Help", crate::QuestionHelp::parse);
        let help = faults.check(&field("help"), help);
        let required = faults.check(&field("required"), flag(&self.required, "Required"));
        let options =
            kind.and_then(|kind| faults.check(&field("options"), options(kind, self.options)));
        let link = optional_text(self.link, "Link", |text| WebLink::parse("Link", text));
        let link = faults.check(&field("link"), link);
        refuse_unknown_in(faults, &field(""), &self.unknown);
        Some(QuestionDraft {
            id: id?,
            kind: kind?,
            label: label?.into_string(),
            help: help?.map(|help| help.to_string()),
            required: required?,
            options: options?,
            link: link?.map(|link| link.to_string()),
        })
    }
}

fn id(raw: &Raw<String>) -> Result<Option<QuestionId>, String> {
    match raw {
        Raw::Missing => Ok(None),
        Raw::Given(text) if text.is_empty() => Ok(None),
        Raw::Given(text) => text.parse().map(Some).map_err(|_| "Id must be a UUID".into()),
        Raw::WrongType => Err("Id must be a UUID".into()),
    }
}

fn kind(raw: &Raw<String>) -> Result<QuestionKind, String> {
    match raw {
        Raw::Given(text) => text.parse(),
        Raw::Missing | Raw::WrongType => "".parse(),
    }
}

fn options(kind: QuestionKind, raw: Raw<Vec<String>>) -> Result<Vec<String>, String> {
    let texts = match raw {
        Raw::Missing => Vec::new(),
        Raw::Given(texts) => texts,
        Raw::WrongType => return Err("Options must be a list of texts".into()),
    };
    if !kind.has_options() {
        if texts.is_empty() {
            return Ok(texts);
        }
        return Err(format!("A question of the kind {kind} has no options"));
    }
    if texts.is_empty() || texts.len() > MAX_OPTIONS {
        return Err(format!("Give 1 to {MAX_OPTIONS} options"));
    }
    let options: Vec<_> = texts
        .iter()
        .map(|text| QuestionOption::parse(text).map(QuestionOption::into_string))
        .collect::<Result<_, _>>()?;
    let mut seen = HashSet::new();
    match options.iter().find(|option| !seen.insert(*option)) {
        Some(twice) => Err(format!("Options must differ: {twice:?} is there twice")),
        None => Ok(options),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{CompetitionPatch, PublicError};

    fn edit(questions: &Value) -> Result<Vec<QuestionDraft>, PublicError> {
        let patch: CompetitionPatch = serde_json::from_value(json!({ "questions": questions }))?;
        Ok(patch.check(|zone| Some(zone.clone()))?.questions.unwrap())
    }

    impl From<serde_json::Error> for PublicError {
        fn from(error: serde_json::Error) -> Self {
            panic!("{error}")
        }
    }

    fn faults(questions: &Value) -> Vec<(String, String)> {
        let faults = edit(questions).unwrap_err().fields;
        faults.into_iter().map(|fault| (fault.field, fault.message)).collect()
    }

    #[test]
    fn a_question_has_a_kind_and_a_label_and_the_rest_is_optional() {
        let questions = json!([
            { "kind": "SHORT_TEXT", "label": " Team ", "help": "", "link": null },
            {
                "kind": "ONE_OF", "label": "Size", "required": true, "options": ["S", " M "],
                "help": "You get it at the start", "link": "https://example.com/sizes",
            },
        ]);
        let [team, size] = edit(&questions).unwrap().try_into().unwrap();
        let plain = QuestionDraft {
            id: None,
            kind: QuestionKind::ShortText,
            label: "Team".into(),
            help: None,
            required: false,
            options: Vec::new(),
            link: None,
        };
        assert_eq!(team, plain);
        assert_eq!((size.required, size.options), (true, vec!["S".to_owned(), "M".to_owned()]));
    }

    #[test]
    fn every_wrong_field_of_every_question_is_reported_at_once() {
        let questions = json!([
            { "kind": "COLOUR", "label": "", "required": "yes", "colour": 1 },
            { "kind": "ONE_OF", "label": "Size" },
            { "kind": "ANY_OF", "label": "Days", "options": ["Friday", "Friday"] },
            { "kind": "NUMBER", "label": "Age", "options": ["1"], "id": "x", "link": "terms" },
        ]);
        let faults = faults(&questions);
        let fields: Vec<_> = faults.iter().map(|(field, _)| &**field).collect();
        assert_eq!(
            fields,
            [
                "questions.0.kind",
                "questions.0.label",
                "questions.0.required",
                "questions.0.colour",
                "questions.1.options",
                "questions.2.options",
                "questions.3.id",
                "questions.3.options",
                "questions.3.link",
            ]
        );
        assert_eq!(faults[5].1, "Options must differ: \"Friday\" is there twice");
    }

    #[test]
    fn questions_and_options_are_limited_in_number() {
        let question = json!({ "kind": "SHORT_TEXT", "label": "Team" });
        let many = |number: usize| Value::from(vec![question.clone(); number]);
        assert_eq!(edit(&many(20)).unwrap().len(), 20);
        assert_eq!(
            faults(&many(21)),
            [("questions".into(), "Questions must be at most 20".into())]
        );
        let options: Vec<_> = (0..51).map(|number| number.to_string()).collect();
        let size =
            |options: &[String]| json!([{ "kind": "ONE_OF", "label": "Size", "options": options }]);
        assert!(edit(&size(&options[..50])).is_ok());
        assert_eq!(faults(&size(&options))[0].1, "Give 1 to 50 options");
    }

    #[test]
    fn what_is_no_list_of_questions_is_a_fault() {
        for wrong in [json!("Team"), json!({}), json!(["Team"])] {
            let message = "Questions must be a list of objects".to_owned();
            assert_eq!(faults(&wrong), [("questions".to_owned(), message)], "{wrong}");
        }
        let id = "01939c2e-7b5a-7000-8000-000000000001";
        let twice = json!([
            { "id": id, "kind": "DATE", "label": "Born" },
            { "id": id, "kind": "DATE", "label": "Born" },
        ]);
        assert_eq!(faults(&twice)[0].0, "questions.1.id");
    }
}
