//! The fields that choose an answer.

use domain::AnswerFilter;
use leptos::prelude::*;

use super::AnswerChoices;

/// A question with an answer to choose from and, where answers are typed, a field for it. Nothing,
/// if nothing can be chosen.
#[component]
pub(in crate::pages::competitions) fn AnswerFields(
    /// The [`AnswerFilter`] at first.
    chosen: Option<String>,
    /// The answers to choose from.
    choices: Vec<AnswerChoices>,
    /// The name of the field of the question and its answer.
    #[prop(default = "answer")]
    name: &'static str,
    /// The name of the field of a typed answer.
    #[prop(default = "value")]
    value_name: &'static str,
) -> impl IntoView {
    let (typed, choices): (Vec<_>, Vec<_>) = choices.into_iter().partition(AnswerChoices::is_typed);
    let typed_answer = typed.iter().find_map(|question| {
        let answer = chosen.as_deref()?.strip_prefix(&question.prefix)?;
        Some((question.prefix.clone(), answer.to_owned()))
    });
    let is_listed = |answer: &String| {
        typed_answer.is_some()
            || choices.iter().any(|question| question.choices.iter().any(|(own, _)| own == answer))
    };
    // Of an option that was removed, or from an address that was typed.
    let other = chosen.clone().filter(|answer| !is_listed(answer)).map(|answer| {
        view! { <option value=answer selected=true>"Another answer"</option> }
    });
    let group = move |question: AnswerChoices| {
        let option = |(value, words): (String, String)| {
            let selected = chosen.as_ref() == Some(&value);
            view! { <option value=value selected=selected>{words}</option> }
        };
        let options = question.choices.into_iter().map(option).collect_view();
        view! { <optgroup label=question.label>{options}</optgroup> }
    };
    let (typed_of, typed_value) = typed_answer.unzip();
    let typed_field = (!typed.is_empty()).then(|| {
        view! {
            <div class="grid gap-1.5">
                <label for="value" class="font-semibold">"Typed answer"</label>
                <input
                    class="input"
                    id="value"
                    name=value_name
                    value=typed_value
                    maxlength=AnswerFilter::MAX_LENGTH.to_string()
                    aria-describedby="value-hint"
                />
                <p id="value-hint" class="text-sm text-muted">
                    "The whole answer, to the question that is chosen; a date as 2026-11-30."
                </p>
            </div>
        }
    });
    let typed = (!typed.is_empty()).then(|| {
        let option = |AnswerChoices { prefix, label, .. }: AnswerChoices| {
            let selected = typed_of.as_ref() == Some(&prefix);
            view! { <option value=prefix selected=selected>{label}</option> }
        };
        let options = typed.into_iter().map(option).collect_view();
        view! { <optgroup label="The typed answer to">{options}</optgroup> }
    });
    let has_answers = !choices.is_empty() || typed.is_some() || other.is_some();
    has_answers.then(|| {
        view! {
            <div class="grid gap-1.5">
                <label for="answer" class="font-semibold">"Answer"</label>
                <select class="select" id="answer" name=name>
                    <option value="">"Any answer"</option>
                    {other}
                    {choices.into_iter().map(group).collect_view()}
                    {typed}
                </select>
            </div>
            {typed_field}
        }
    })
}
