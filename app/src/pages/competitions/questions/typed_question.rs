//! Questions as a form sends them.

use domain::Question;
#[cfg(feature = "ssr")]
use domain::{FieldError, PublicError, QuestionInput, QuestionKind};
use serde::{Deserialize, Serialize};

/// The text in the fields of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedQuestion {
    /// Empty for a new one.
    pub id: String,
    /// A [`domain::QuestionKind`].
    pub kind: String,
    /// One line.
    pub label: String,
    /// One line.
    pub help: String,
    /// `true`; empty when it need not be answered.
    pub required: String,
    /// One on each line.
    pub options: String,
    /// A link.
    pub link: String,
}

/// The form of the questions of a competition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedQuestions {
    /// In order, as they are shown.
    pub questions: Vec<TypedQuestion>,
    /// The version of the competition when the form was opened.
    pub version: u32,
}

#[cfg(feature = "ssr")]
impl TypedQuestions {
    /// The form, once others have changed the questions to `current`: what was typed stays, and
    /// questions that it does not have are added, so that saving removes none of them unseen.
    pub(super) fn rebased(self, current: Vec<Question>, version: u32) -> Self {
        let mut questions = self.questions;
        questions.retain(|question| !question.is_blank());
        let is_shown =
            |question: &TypedQuestion| questions.iter().any(|shown| shown.id == question.id);
        let current = current.into_iter().map(TypedQuestion::from);
        let added: Vec<_> = current.filter(|question| !is_shown(question)).collect();
        questions.extend(added);
        Self { questions, version }
    }
}

impl From<Question> for TypedQuestion {
    fn from(question: Question) -> Self {
        Self {
            id: question.id.to_string(),
            kind: question.kind.to_string(),
            label: question.label,
            help: question.help.unwrap_or_default(),
            required: if question.required { "true".into() } else { String::new() },
            options: question.options.join("\n"),
            link: question.link.unwrap_or_default(),
        }
    }
}

/// What a button of the form does beside saving.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// The question at this position is moved up.
    Up(usize),
    /// The question at this position is removed.
    Remove(usize),
}

#[cfg(feature = "ssr")]
impl Change {
    /// Reads the value of a button: `up:1`, `remove:1`.
    pub(super) fn read(intent: &str) -> Option<Self> {
        let (what, position) = intent.split_once(':')?;
        let position = position.parse().ok()?;
        match what {
            "up" => Some(Self::Up(position)),
            "remove" => Some(Self::Remove(position)),
            _ => None,
        }
    }
}

#[cfg(feature = "ssr")]
impl TypedQuestion {
    /// Whether it is the empty form of a new question.
    fn is_blank(&self) -> bool {
        let texts = [&self.id, &self.label, &self.help, &self.options, &self.link];
        texts.into_iter().all(|text| text.trim().is_empty())
    }

    fn into_input(self) -> QuestionInput {
        let has_options = self.kind.parse().is_ok_and(QuestionKind::has_options);
        let options = self.options.lines().map(str::trim).filter(|line| !line.is_empty());
        // The field stays filled in when another kind is chosen.
        let options: Vec<_> = options.filter(|_| has_options).map(str::to_owned).collect();
        QuestionInput {
            id: self.id.into(),
            kind: self.kind.into(),
            label: self.label.into(),
            help: self.help.into(),
            required: (self.required == "true").into(),
            options: options.into(),
            link: self.link.into(),
            ..Default::default()
        }
    }
}

/// The questions to save, and where each is on the page.
#[cfg(feature = "ssr")]
pub(super) fn to_save(
    shown: &[TypedQuestion],
    change: Option<Change>,
) -> (Vec<QuestionInput>, Vec<usize>) {
    let mut order: Vec<usize> = (0..shown.len()).filter(|at| !shown[*at].is_blank()).collect();
    match change {
        Some(Change::Up(moved)) => {
            let position = order.iter().position(|at| *at == moved);
            if let Some(at) = position.filter(|at| *at > 0) {
                order.swap(at - 1, at);
            }
        }
        Some(Change::Remove(at)) => order.retain(|kept| *kept != at),
        None => {}
    }
    (order.iter().map(|at| shown[*at].clone().into_input()).collect(), order)
}

/// The error with the names that the fields have on the page. Its version is that of the list.
#[cfg(feature = "ssr")]
pub(super) fn as_shown(mut error: PublicError, order: &[usize]) -> PublicError {
    let shown = |fault: &FieldError| {
        let (at, field) = fault.field.strip_prefix("questions.")?.split_once('.')?;
        let at = order.get(at.parse::<usize>().ok()?)?;
        Some(format!("questions.{at}.{field}"))
    };
    for fault in &mut error.fields {
        if fault.field == "version" {
            fault.field = "questions".to_owned();
        } else if let Some(field) = shown(fault) {
            fault.field = field;
        }
    }
    error
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{ErrorCode, Raw};

    use super::*;

    fn shown(labels: &[&str]) -> Vec<TypedQuestion> {
        let question = |label: &&str| TypedQuestion {
            label: (*label).to_owned(),
            kind: "SHORT_TEXT".into(),
            ..Default::default()
        };
        labels.iter().map(question).collect()
    }

    fn saved(labels: &[&str], intent: &str) -> Vec<String> {
        let (inputs, _) = to_save(&shown(labels), Change::read(intent));
        let label = |input: QuestionInput| match input.label {
            Raw::Given(label) => label,
            other => panic!("{other:?}"),
        };
        inputs.into_iter().map(label).collect()
    }

    #[test]
    fn a_button_moves_or_removes_a_question_and_any_other_saves_them_as_they_are() {
        assert_eq!(saved(&["a", "b", "c", ""], "up:2"), ["a", "c", "b"]);
        assert_eq!(saved(&["a", "b", "c", ""], "remove:1"), ["a", "c"]);
        for intent in ["", "save", "up:0", "up:9", "up:x", "remove:9", "down:1"] {
            assert_eq!(saved(&["a", "b", "c", ""], intent), ["a", "b", "c"], "{intent}");
        }
        assert_eq!(saved(&["a", "", "c"], "up:2"), ["c", "a"]);
    }

    #[test]
    fn the_faults_of_a_moved_question_are_shown_where_it_is_on_the_page() {
        let (_, order) = to_save(&shown(&["a", "", "c"]), Some(Change::Up(2)));
        let error =
            PublicError::on_field(ErrorCode::ValidationFailed, "questions.0.label", "too long");
        assert_eq!(as_shown(error, &order).fields[0].field, "questions.2.label");
        let whole = PublicError::on_field(ErrorCode::ValidationFailed, "questions", "too many");
        assert_eq!(as_shown(whole, &order).fields[0].field, "questions");
    }

    #[test]
    fn a_rebased_form_keeps_what_was_typed_and_has_the_questions_of_others() {
        let of = |id: u128, label: &str| Question {
            id: format!("00000000-0000-0000-0000-{id:012}").parse().unwrap(),
            kind: QuestionKind::ShortText,
            label: label.into(),
            help: None,
            required: false,
            options: Vec::new(),
            link: None,
        };
        let mut questions = shown(&["", "New"]);
        questions.insert(0, TypedQuestion { label: "Mine".into(), ..of(1, "Team").into() });
        let typed = TypedQuestions { questions, version: 3 };
        let rebased = typed.rebased(vec![of(1, "Theirs"), of(2, "Size")], 4);
        let labels: Vec<_> = rebased.questions.iter().map(|question| &*question.label).collect();
        assert_eq!((labels, rebased.version), (vec!["Mine", "New", "Size"], 4));
    }

    #[test]
    fn options_are_lines_and_only_sent_where_the_kind_has_some() {
        let typed = |kind: &str| TypedQuestion {
            kind: kind.into(),
            options: " S\r\n\r\nM ".into(),
            ..Default::default()
        };
        let options = |kind| typed(kind).into_input().options;
        assert_eq!(options("ONE_OF"), Raw::Given(vec!["S".to_owned(), "M".to_owned()]));
        assert_eq!(options("DATE"), Raw::Given(Vec::new()));
    }
}
