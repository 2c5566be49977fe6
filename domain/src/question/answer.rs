//! Answers to questions.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Number, Value};

use super::{
    MAX_QUESTIONS, Question, QuestionKind,
    check::{countries, decimal},
};
use crate::{
    Faults, PublicError, QuestionId, Raw,
    account::{refuse_unknown, refuse_unknown_in},
    raw::FromJson,
};

/// An answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// To which question. The competition may not ask it any more.
    pub question_id: QuestionId,
    /// The question, as it reads now.
    #[cfg_attr(feature = "openapi", schema(example = "T-shirt size"))]
    pub question: String,
    /// What was answered.
    pub value: AnswerValue,
    /// The kind of the question. Not on the wire: an answer that was read from JSON has the
    /// default.
    #[serde(skip)]
    pub kind: QuestionKind,
}

impl Answer {
    /// The question, and the answer in one line, for people.
    pub fn into_words(self) -> (String, String) {
        let words = self.value.in_words_of(self.kind);
        (self.question, words)
    }
}

/// What was answered: text for most kinds, `true` or `false` for `YES_NO`, a number for `NUMBER`, a
/// list of options for `ANY_OF`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AnswerValue {
    /// Yes or no.
    YesNo(bool),
    /// A number.
    Number(Number),
    /// A text, an option, a link, a date (`2030-11-29`) or the code of a country.
    Text(String),
    /// The chosen options.
    Options(Vec<String>),
}

schema!(
    AnswerValue,
    utoipa::openapi::OneOfBuilder::new()
        .description(Some(
            "Text for most kinds, `true` or `false` for `YES_NO`, a number for `NUMBER`, a list of \
             options for `ANY_OF`"
        ))
        .item(bool::schema())
        .item(f64::schema())
        .item(String::schema())
        .item(Vec::<String>::schema())
        .examples([serde_json::json!("M")])
);

impl AnswerValue {
    /// The value that is stored as these texts, for a question of this kind.
    pub fn of(kind: QuestionKind, mut values: Vec<String>) -> Self {
        if kind == QuestionKind::AnyOf {
            return Self::Options(values);
        }
        let text = values.pop().unwrap_or_default();
        match kind {
            QuestionKind::YesNo => Self::YesNo(text == "true"),
            QuestionKind::Number => match text.parse() {
                Ok(number) => Self::Number(number),
                Err(_) => Self::Text(text),
            },
            _ => Self::Text(text),
        }
    }

    /// The texts that are stored, and the values of a form.
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::YesNo(yes) => vec![yes.to_string()],
            Self::Number(number) => vec![decimal(number)],
            Self::Text(text) => vec![text.clone()],
            Self::Options(options) => options.clone(),
        }
    }

    /// The value in one line, for people: of a country its name, of a date `29 Nov 2030`.
    pub fn in_words_of(&self, kind: QuestionKind) -> String {
        let words = match (kind, self) {
            (QuestionKind::Country, Self::Text(code)) => {
                let found = countries().find(|(known, _)| known == code);
                found.map(|(_, name)| name.to_owned())
            }
            (QuestionKind::Date, Self::Text(date)) => {
                let date = date.parse::<NaiveDate>().ok();
                date.map(|date| date.format("%-d %b %Y").to_string())
            }
            _ => None,
        };
        words.unwrap_or_else(|| self.in_words())
    }

    /// The value in one line, as it is stored: of a country its code, of a date `2030-11-29`.
    pub fn in_words(&self) -> String {
        match self {
            Self::YesNo(true) => "Yes".into(),
            Self::YesNo(false) => "No".into(),
            Self::Number(number) => decimal(number),
            Self::Text(text) => text.clone(),
            Self::Options(options) => options.join(", "),
        }
    }
}

/// An answer in a request, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct AnswerInput {
    /// To which question.
    #[cfg_attr(feature = "openapi", schema(value_type = QuestionId, required))]
    #[serde(default)]
    pub question_id: String,
    /// The answer; null when there is none. Numbers, `true` and `false` may be sent as text.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<AnswerValue>))]
    #[serde(default)]
    pub value: Value,
    /// Ignored, so that an [`Answer`] that was read can be sent back.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::QuestionLabel>))]
    #[serde(default)]
    pub question: IgnoredAny,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// The body of an edit of a registration, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "answers": [{ "questionId": "01939c2e-7b5a-7000-8000-000000000001", "value": "M" }],
    }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct RegistrationPatch {
    /// The answers to all questions that are answered, in any order: others are removed.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Vec<AnswerInput>, required, max_items = 20)
    )]
    #[serde(default)]
    pub answers: Raw<Vec<AnswerInput>>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

impl FromJson for Vec<AnswerInput> {
    fn from_json(value: Value) -> Option<Self> {
        serde_json::from_value(value).ok()
    }
}

/// An answer that has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenAnswer {
    /// To which question.
    pub question: QuestionId,
    /// In normal form, at least one.
    pub values: Vec<String>,
}

impl RegistrationPatch {
    /// Checks the answers to the questions that a competition asks.
    ///
    /// # Errors
    /// All faults at once, by the name `answers.` and the id of the question.
    pub fn check(self, asked: &[Question]) -> Result<Vec<GivenAnswer>, PublicError> {
        let mut faults = Faults::default();
        refuse_unknown(&mut faults, &self.unknown);
        if self.answers == Raw::Missing {
            faults.add("answers", "Answers must be given");
        }
        checked(faults, self.answers, asked)
    }
}

/// Checks the answers of a registration to the questions that a competition asks. Without answers,
/// none is given.
///
/// # Errors
/// As for [`RegistrationPatch::check`].
pub fn given_answers(
    answers: Raw<Vec<AnswerInput>>,
    asked: &[Question],
) -> Result<Vec<GivenAnswer>, PublicError> {
    checked(Faults::default(), answers, asked)
}

fn checked(
    mut faults: Faults,
    answers: Raw<Vec<AnswerInput>>,
    asked: &[Question],
) -> Result<Vec<GivenAnswer>, PublicError> {
    let answers = match answers {
        Raw::Missing => Vec::new(),
        Raw::Given(answers) if answers.len() <= MAX_QUESTIONS => answers,
        Raw::Given(_) => {
            faults.add("answers", format!("Answers must be at most {MAX_QUESTIONS}"));
            return faults.finish(None);
        }
        Raw::WrongType => {
            let message = "Answers must be a list of objects, each with a questionId and a value";
            faults.add("answers", message);
            return faults.finish(None);
        }
    };
    let mut values = HashMap::new();
    for AnswerInput { question_id, value, question: _, unknown } in answers {
        let name = field(&question_id);
        refuse_unknown_in(&mut faults, &format!("{name}."), &unknown);
        let id = question_id.parse::<QuestionId>().ok();
        match id.filter(|id| asked.iter().any(|question| question.id == *id)) {
            None => faults.add(&name, "This competition asks no such question"),
            Some(id) => {
                if values.insert(id, value).is_some() {
                    faults.add(&name, "This question is answered twice");
                }
            }
        }
    }
    let mut given = Vec::new();
    for question in asked {
        let value = values.remove(&question.id).unwrap_or_default();
        let checked = faults.check(&field(&question.id.to_string()), question.check(&value));
        if let Some(values) = checked.filter(|values| !values.is_empty()) {
            given.push(GivenAnswer { question: question.id, values });
        }
    }
    faults.finish(Some(given))
}

/// The name of an answer in errors.
fn field(question: &str) -> String {
    format!("answers.{question}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn question(id: u128, kind: QuestionKind, required: bool) -> Question {
        Question {
            id: QuestionId(Uuid::from_u128(id)),
            kind,
            label: format!("Question {id}"),
            help: None,
            required,
            options: Vec::new(),
            link: None,
        }
    }

    fn answers(body: Value) -> Raw<Vec<AnswerInput>> {
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn answers_are_in_the_order_of_the_questions_without_those_that_are_empty() {
        let asked = [
            question(1, QuestionKind::Number, true),
            question(2, QuestionKind::ShortText, false),
            question(3, QuestionKind::YesNo, false),
        ];
        let id = |index: usize| asked[index].id;
        let given = answers(json!([
            { "questionId": id(2), "value": false },
            { "questionId": id(1), "value": "" },
            { "questionId": id(0), "value": 7, "question": "Question 1" },
        ]));
        let given = given_answers(given, &asked).unwrap();
        let values: Vec<_> =
            given.iter().map(|answer| (answer.question, &*answer.values)).collect();
        assert_eq!(values, [(id(0), &["7".to_owned()][..]), (id(2), &["false".to_owned()])]);
    }

    #[test]
    fn every_wrong_answer_is_a_fault_by_the_id_of_its_question() {
        let asked =
            [question(1, QuestionKind::Number, false), question(2, QuestionKind::Date, true)];
        let given = answers(json!([
            { "questionId": asked[0].id, "value": "many" },
            { "questionId": asked[0].id, "value": "few" },
            { "questionId": "size", "value": "M" },
            { "value": "M", "size": 1 },
        ]));
        let faults = given_answers(given, &asked).unwrap_err().fields;
        let fields: Vec<_> = faults.iter().map(|fault| &*fault.field).collect();
        let id = |index: usize| format!("answers.{}", asked[index].id);
        assert_eq!(fields, [&*id(0), "answers.size", "answers..size", "answers.", &id(0), &id(1)]);
    }

    #[test]
    fn what_is_no_list_of_answers_is_a_fault() {
        for wrong in [json!("M"), json!({ "size": "M" }), json!(["M"])] {
            let error = given_answers(answers(wrong.clone()), &[]).unwrap_err();
            assert_eq!(error.fields[0].field, "answers", "{wrong}");
        }
        let many = vec![json!({ "questionId": "x" }); 21];
        let error = given_answers(answers(many.into()), &[]).unwrap_err();
        assert_eq!(error.fields[0].message, "Answers must be at most 20");
        assert_eq!(given_answers(Raw::Missing, &[]).unwrap(), []);
        let none: RegistrationPatch = serde_json::from_value(json!({ "answer": [] })).unwrap();
        let fields = none.check(&[]).unwrap_err().fields;
        let fields: Vec<_> = fields.iter().map(|fault| &*fault.field).collect();
        assert_eq!(fields, ["answer", "answers"]);
    }

    #[test]
    fn a_country_is_shown_by_its_name_and_a_date_with_its_month() {
        let words = |kind, text: &str| AnswerValue::Text(text.into()).in_words_of(kind);
        assert_eq!(words(QuestionKind::Country, "DE"), "Germany");
        assert_eq!(words(QuestionKind::Country, "XX"), "XX");
        assert_eq!(words(QuestionKind::Date, "2030-11-09"), "9 Nov 2030");
        assert_eq!(words(QuestionKind::Date, "soon"), "soon");
        assert_eq!(words(QuestionKind::ShortText, "DE"), "DE");
        assert_eq!(AnswerValue::YesNo(true).in_words_of(QuestionKind::YesNo), "Yes");
    }

    #[test]
    fn a_stored_answer_has_the_type_of_its_kind_on_the_wire() {
        let value = |kind, texts: &[&str]| {
            let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
            let value = AnswerValue::of(kind, texts.clone());
            assert_eq!(value.texts(), texts, "{kind}");
            assert_eq!(serde_json::from_value(json!(value)).ok(), Some(value.clone()), "{kind}");
            (json!(value), value.in_words())
        };
        assert_eq!(value(QuestionKind::ShortText, &["12"]), (json!("12"), "12".into()));
        assert_eq!(value(QuestionKind::Number, &["12.5"]), (json!(12.5), "12.5".into()));
        let tiny = value(QuestionKind::Number, &["0.000001"]);
        assert_eq!(tiny, (json!(0.000_001), "0.000001".into()));
        assert_eq!(value(QuestionKind::YesNo, &["false"]), (json!(false), "No".into()));
        let days = value(QuestionKind::AnyOf, &["Friday", "Sunday"]);
        assert_eq!(days, (json!(["Friday", "Sunday"]), "Friday, Sunday".into()));
    }
}
