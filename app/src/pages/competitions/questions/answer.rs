//! Answers as a form sends them.

use std::collections::BTreeMap;

use domain::QuestionId;
#[cfg(feature = "ssr")]
use domain::{Answer, AnswerInput, Question, QuestionKind};

/// The values of the fields of each question, by [`key`].
pub type TypedAnswers = BTreeMap<String, Vec<String>>;

/// The codes and names of countries.
pub type Countries = Vec<(String, String)>;

/// The name of a question in a form. Not its id alone: what begins with a digit would be the
/// position in a list.
pub(crate) fn key(id: QuestionId) -> String {
    format!("q{id}")
}

/// The values of a form with these answers.
#[cfg(feature = "ssr")]
pub(crate) fn typed(answers: &[Answer]) -> TypedAnswers {
    answers.iter().map(|answer| (key(answer.question_id), answer.value.texts())).collect()
}

/// The codes and names of the countries to choose from; none if no question asks for one. They come
/// from the server, because the code of all pages would be larger by them.
#[cfg(feature = "ssr")]
pub(crate) fn countries_for(asked: &[Question]) -> Countries {
    let are_asked = asked.iter().any(|question| question.kind == QuestionKind::Country);
    let countries = domain::countries().filter(|_| are_asked);
    countries.map(|(code, name)| (code.to_owned(), name.to_owned())).collect()
}

/// Leaves out boxes that were empty and have stayed so: a form sends a no for each, although the
/// question was not answered before.
#[cfg(feature = "ssr")]
pub(crate) fn without_empty_boxes(
    mut typed: TypedAnswers,
    asked: &[Question],
    before: &[Answer],
) -> TypedAnswers {
    let is_answered = |id| before.iter().any(|answer| answer.question_id == id);
    for question in asked {
        if question.kind == QuestionKind::YesNo && !is_answered(question.id) {
            let key = key(question.id);
            if typed.get(&key).is_some_and(|values| *values == ["false"]) {
                typed.remove(&key);
            }
        }
    }
    typed
}

/// The answers in a form. Those to questions that are asked no more are left out.
#[cfg(feature = "ssr")]
pub(crate) fn inputs(typed: &TypedAnswers, asked: &[Question]) -> Vec<AnswerInput> {
    let input = |question: &Question| {
        let values = typed.get(&key(question.id))?;
        let value = match question.kind {
            QuestionKind::AnyOf => values.clone().into(),
            // The box of a yes comes after a hidden no.
            _ => values.last()?.clone().into(),
        };
        let question_id = question.id.to_string();
        Some(AnswerInput { question_id, value, ..Default::default() })
    };
    asked.iter().filter_map(input).collect()
}
