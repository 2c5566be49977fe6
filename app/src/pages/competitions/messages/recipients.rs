//! Whom a message is for.

use domain::{Recipient, RecipientPreview, RegistrationStatus, grouped};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Whom a message is for, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientsLine {
    /// The groups by status.
    pub groups: Vec<String>,
    /// A question and the answer to it, if one was chosen.
    pub answer: Option<(String, String)>,
}

/// A group of recipients, by its status.
pub(super) fn group(status: RegistrationStatus) -> &'static str {
    match status {
        RegistrationStatus::Waitlisted => "The waiting list",
        RegistrationStatus::AwaitingApproval => "Those who wait for approval",
        _ => "Participants with a seat",
    }
}

#[cfg(feature = "ssr")]
impl RecipientsLine {
    /// With the words of the questions that the competition asks.
    pub(super) fn of(
        statuses: &[RegistrationStatus],
        answer: Option<&str>,
        questions: &[domain::Question],
    ) -> Self {
        let groups = statuses.iter().map(|status| group(*status).to_owned());
        let filter = answer.and_then(|text| text.parse().ok());
        let answer = filter.map(|domain::AnswerFilter { question, value }| {
            match questions.iter().find(|one| one.id == question) {
                Some(question) => {
                    let mut choices = question.choices().into_iter();
                    let words = choices.find(|(own, _)| *own == value).map(|(_, words)| words);
                    (question.label.clone(), words.unwrap_or(value))
                }
                None => ("A question that was removed".to_owned(), value),
            }
        });
        Self { groups: groups.collect(), answer }
    }
}

/// Whom the message is for, and how many that are now.
#[component]
pub(super) fn Recipients(
    /// In words.
    line: RecipientsLine,
    /// Who would get it now; `None` once it is being sent.
    preview: Option<RecipientPreview>,
) -> impl IntoView {
    let RecipientsLine { groups, answer } = line;
    let answer = answer.map(|(question, answer)| {
        view! {
            <p class="wrap-anywhere">
                <bdi>{question}</bdi> ": " <bdi>{answer}</bdi>
            </p>
        }
    });
    let preview = preview.map(|RecipientPreview { count, samples }| {
        let count = match count {
            0 => "Nobody would get it now.".to_owned(),
            1 => "One person would get it now.".to_owned(),
            count => format!("{} people would get it now.", grouped(count)),
        };
        let sample = |Recipient { name, email }: Recipient| {
            view! {
                <li class="wrap-anywhere">
                    <bdi>{name}</bdi> ", " <bdi>{email}</bdi>
                </li>
            }
        };
        let samples = (!samples.is_empty()).then(|| {
            view! {
                <div class="grid gap-1">
                    <p class="text-sm text-muted">"The first of them:"</p>
                    <ul class="grid list-disc gap-1 pl-5">
                        {samples.into_iter().map(sample).collect_view()}
                    </ul>
                </div>
            }
        });
        view! {
            <p class="font-semibold">{count}</p>
            {samples}
        }
    });
    view! {
        <section aria-labelledby="recipients" class="section">
            <h2 id="recipients" class="subheading">"Recipients"</h2>
            <ul class="grid gap-1">
                {groups.into_iter().map(|group| view! { <li>{group}</li> }).collect_view()}
            </ul>
            {answer}
            {preview}
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{Question, QuestionId, QuestionKind};

    use super::*;

    const QUESTION: &str = "01939c2e-7b5a-7000-8000-000000000001";

    #[test]
    fn recipients_are_named_by_group_and_by_the_words_of_their_answer() {
        let question = Question {
            id: QuestionId(QUESTION.parse().unwrap()),
            kind: QuestionKind::Country,
            label: "From".into(),
            help: None,
            required: false,
            options: Vec::new(),
            link: None,
        };
        let of = |answer: Option<&str>, questions: &[Question]| {
            let statuses = [RegistrationStatus::Confirmed, RegistrationStatus::Waitlisted];
            let answer = answer.map(|value| format!("{QUESTION}:{value}"));
            RecipientsLine::of(&statuses, answer.as_deref(), questions)
        };
        let all = of(None, &[]);
        assert_eq!(all.groups, ["Participants with a seat", "The waiting list"]);
        assert_eq!(all.answer, None);
        let german = of(Some("DE"), std::slice::from_ref(&question));
        assert_eq!(german.answer, Some(("From".into(), "Germany".into())));
        let removed = of(Some("M"), &[]);
        assert_eq!(removed.answer, Some(("A question that was removed".into(), "M".into())));
    }
}
