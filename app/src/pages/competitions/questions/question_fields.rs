//! The fields of one question.

use domain::{PublicError, QuestionKind};
use leptos::{ev::MouseEvent, prelude::*};

use super::TypedQuestion;
use crate::{
    components::{Field, SelectField, TextArea},
    form::FormError,
};

/// The fields of the question at a position, and its buttons.
#[component]
pub(super) fn QuestionFields(
    /// Counted from 0.
    at: usize,
    /// The initial values.
    typed: TypedQuestion,
    /// Whether the response to the form is pending.
    pending: Memo<bool>,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let TypedQuestion { id, kind, label, help, required, options, link } = typed;
    let is_new = id.is_empty();
    let field_id = |field: &str| format!("questions.{at}.{field}");
    let name = |field: &str| format!("questions[{at}][{field}]");
    let legend = if is_new { "New question".to_owned() } else { format!("Question {}", at + 1) };
    let option = |known: QuestionKind| {
        let selected = known.as_str() == kind;
        view! { <option value=known.as_str() selected=selected>{known.label()}</option> }
    };
    let kind_options = QuestionKind::ALL.map(option).collect_view();
    // The kind of a question that was asked cannot change.
    let kinds = if is_new {
        view! {
            <SelectField id=field_id("kind") name=name("kind") label="Kind" error>
                {kind_options}
            </SelectField>
        }
        .into_any()
    } else {
        let known = kind.parse::<QuestionKind>().unwrap_or_default();
        view! {
            <p class="text-sm text-muted">{known.label()}</p>
            <input type="hidden" name=name("kind") value=kind.clone() />
        }
        .into_any()
    };
    let has_options = kind.parse::<QuestionKind>().is_ok_and(QuestionKind::has_options);
    let options = (is_new || has_options).then(|| {
        view! {
            <div class="options">
                <TextArea
                    id=field_id("options")
                    name=name("options")
                    label="Options"
                    hint="One on each line."
                    required=false
                    rows=4
                    value=options
                    error
                />
            </div>
        }
    });
    // As for `Submit`: a double click sends once.
    let click = move |event: MouseEvent| {
        if pending.get_untracked() {
            event.prevent_default();
        }
    };
    let button = |intent: &str, words: &'static str| {
        view! {
            <button
                class="btn btn-sm"
                name="intent"
                value=format!("{intent}:{at}")
                on:click=click
            >
                {words}
                <span class="sr-only">": " {label.clone()}</span>
            </button>
        }
    };
    let buttons = (!is_new).then(|| {
        view! {
            <p class="flex flex-wrap gap-2">
                {(at > 0).then(|| button("up", "Move up"))} {button("remove", "Remove")}
            </p>
        }
    });
    let has_more = !help.is_empty() || !link.is_empty();
    let more = [field_id("help"), field_id("link")];
    // A folded field could not take the focus from the error summary.
    let is_more_wrong = move |error: &PublicError| more.iter().any(|id| error.about(id).is_some());
    let shows_more =
        move || has_more || error.with(|error| error.as_ref().is_some_and(&is_more_wrong));
    view! {
        <fieldset class="section question">
            <legend>{legend}</legend>
            <input type="hidden" name=name("id") value=id />
            <Field
                id=field_id("label")
                name=name("label")
                label="Question"
                hint=if is_new { "For example: T-shirt size" } else { "" }
                required=false
                value=label.clone()
                error
            />
            {kinds}
            {options}
            <label class="choice">
                <input
                    class="checkbox"
                    type="checkbox"
                    name=name("required")
                    value="true"
                    checked=required == "true"
                />
                <span class="grid">
                    <span class="font-semibold">"Required"</span>
                    <span class="text-sm text-muted">
                        "It must be answered; a yes or no must be yes, as for terms."
                    </span>
                </span>
            </label>
            <details open=shows_more>
                <summary class="quiet-link">"Help and link"</summary>
                <div class="grid gap-4 pt-3">
                    <Field
                        id=field_id("help")
                        name=name("help")
                        label="Help (optional)"
                        required=false
                        value=help
                        error
                    />
                    <Field
                        id=field_id("link")
                        name=name("link")
                        label="Link to read first (optional)"
                        hint="For example the terms."
                        kind="url"
                        required=false
                        value=link
                        error
                    />
                </div>
            </details>
            {buttons}
        </fieldset>
    }
}
