//! The fields in which questions are answered.

use domain::{Question, QuestionKind};
use leptos::prelude::*;

use super::{
    TypedAnswers,
    answer::{Countries, key},
};
use crate::{
    components::{Field, FieldError, SelectField, TextArea},
    form::FormError,
    pages::competitions::ExternalLink,
};

/// A field for each question.
#[component]
pub(crate) fn AnswerFields(
    /// What is asked, in order. When it changes, the questions that stay keep their elements, and
    /// what was typed.
    asked: RwSignal<Vec<Question>>,
    /// The countries to choose from.
    countries: RwSignal<Countries>,
    /// The initial values.
    typed: TypedAnswers,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let field = move |question: Question| {
        let values = typed.get(&key(question.id)).cloned().unwrap_or_default();
        let countries = countries.get_untracked();
        view! { <AnswerField question countries values error /> }
    };
    view! { <For each=move || asked.get() key=Question::clone children=field /> }
}

#[component]
fn AnswerField(
    question: Question,
    countries: Countries,
    values: Vec<String>,
    error: FormError,
) -> impl IntoView {
    let Question { id, kind, label, help, required, options, link } = question;
    let (id, name) = (format!("answers.{id}"), format!("answers[{}][]", key(id)));
    let label =
        if required || kind == QuestionKind::YesNo { label } else { format!("{label} (optional)") };
    let value = values.last().cloned().unwrap_or_default();
    let line = |input: &'static str, mode: &'static str| {
        let (id, name, label, help, value) =
            (id.clone(), name.clone(), label.clone(), help.clone(), value.clone());
        view! {
            <Field
                id
                name
                label
                hint=help.unwrap_or_default()
                kind=input
                inputmode=mode
                required
                value
                error
            />
        }
        .into_any()
    };
    let field = match kind {
        QuestionKind::ShortText => line("text", "text"),
        QuestionKind::Number => line("text", "decimal"),
        QuestionKind::Date => line("date", "text"),
        QuestionKind::Url => line("url", "url"),
        QuestionKind::LongText => {
            let hint = help.unwrap_or_default();
            view! { <TextArea id name label hint required rows=4 value error /> }.into_any()
        }
        QuestionKind::Country => {
            let option = |(code, name): (String, String)| {
                let selected = code == value;
                view! { <option value=code selected=selected>{name}</option> }
            };
            let options = countries.into_iter().map(option).collect_view();
            view! {
                <SelectField id name label hint=help.unwrap_or_default() error>
                    <option value="">"Choose a country"</option>
                    {options}
                </SelectField>
            }
            .into_any()
        }
        QuestionKind::OneOf => {
            // Without a choice nothing would be sent, and nothing could be taken back.
            let none = (!required).then(|| (String::new(), "No answer".to_owned()));
            let options = options.into_iter().map(|option| (option.clone(), option));
            let choices = none.into_iter().chain(options).collect();
            view! { <Choices id name label help kind="radio" choices values error /> }.into_any()
        }
        QuestionKind::AnyOf => {
            let choices = options.into_iter().map(|option| (option.clone(), option)).collect();
            view! { <Choices id name label help kind="checkbox" choices values error /> }.into_any()
        }
        QuestionKind::YesNo => {
            let checked = value == "true";
            view! {
                <div class="grid gap-1.5">
                    <FieldError id=id.clone() error />
                    <label class="choice">
                        <input type="hidden" name=name.clone() value="false" />
                        <input
                            class="checkbox"
                            type="checkbox"
                            id=id.clone()
                            name=name
                            value="true"
                            checked=checked
                            aria-required=required.then_some("true")
                            aria-describedby=format!("{id}-error")
                        />
                        <span class="grid">
                            <span class="font-semibold" dir="auto">{label}</span>
                            {help
                                .map(|help| {
                                    view! {
                                        <span class="text-sm text-muted" dir="auto">{help}</span>
                                    }
                                })}
                        </span>
                    </label>
                </div>
            }
            .into_any()
        }
    };
    let link = link.map(|url| {
        view! {
            <p class="text-sm">
                "Read before you answer: " <ExternalLink url />
            </p>
        }
    });
    view! { <div class="grid min-w-0 gap-2 wrap-anywhere">{field} {link}</div> }
}

/// Choices with a legend.
#[component]
fn Choices(
    id: String,
    name: String,
    label: String,
    help: Option<String>,
    /// The `type` of the inputs.
    kind: &'static str,
    /// What is sent, and its label.
    choices: Vec<(String, String)>,
    /// The initial values.
    values: Vec<String>,
    error: FormError,
) -> impl IntoView {
    let class = if kind == "radio" { "radio radio-primary" } else { "checkbox" };
    let choice = |(value, label): (String, String)| {
        let is_none = value.is_empty() && values.is_empty();
        let checked = is_none || values.contains(&value);
        view! {
            <label class="choice">
                <input class=class type=kind name=name.clone() value=value checked=checked />
                <span dir="auto">{label}</span>
            </label>
        }
    };
    let choices = choices.into_iter().map(choice).collect_view();
    view! {
        // The target of the link in the error summary.
        <fieldset
            id=id.clone()
            tabindex="-1"
            class="grid min-w-0 gap-2"
            aria-describedby=format!("{id}-hint {id}-error")
        >
            <legend class="pb-1.5 font-semibold" dir="auto">{label}</legend>
            <p id=format!("{id}-hint") class="text-sm text-muted empty:hidden" dir="auto">
                {help}
            </p>
            <FieldError id=id.clone() error />
            {choices}
        </fieldset>
    }
}
