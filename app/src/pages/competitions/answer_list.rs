//! Answers in words.

use leptos::prelude::*;

/// Questions and answers.
#[component]
pub(crate) fn AnswerList(
    /// The questions that are answered, and the answers.
    answers: Vec<(String, String)>,
) -> impl IntoView {
    let answer = |(question, answer): (String, String)| {
        view! {
            <dt class="text-muted" dir="auto">{question}</dt>
            <dd class="mb-2 whitespace-pre-line wrap-anywhere" dir="auto">{answer}</dd>
        }
    };
    view! { <dl>{answers.into_iter().map(answer).collect_view()}</dl> }
}
