//! The questions of a competition, and their edits.

use super::{Question, QuestionDraft, input::field};
use crate::{Faults, PublicError, QuestionId};

/// The most questions that a competition stores: those that it asks, and those that were removed.
pub const MAX_STORED_QUESTIONS: usize = 100;

/// The questions of a competition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Questions {
    /// Those that it asks, in order.
    pub asked: Vec<Question>,
    /// Those that it asks no more: there may be answers to them.
    pub removed: Vec<Question>,
}

impl Questions {
    /// Whether there were never any.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty() && self.removed.is_empty()
    }

    /// The questions of a new competition, or after an edit that asks `drafts` from now on. A
    /// question that is not among them is removed; one that was removed can be asked again.
    ///
    /// # Errors
    /// All faults at once: an unknown id, another kind, more than [`MAX_STORED_QUESTIONS`].
    pub fn edited(
        &self,
        drafts: &[QuestionDraft],
        mut new_id: impl FnMut() -> QuestionId,
    ) -> Result<Self, PublicError> {
        let mut faults = Faults::default();
        let mut rest: Vec<_> = self.asked.iter().chain(&self.removed).cloned().collect();
        let mut asked = Vec::new();
        for (index, draft) in drafts.iter().enumerate() {
            let id = match draft.id {
                None => new_id(),
                Some(id) => match rest.iter().position(|stored| stored.id == id) {
                    None => {
                        let message = "This competition has no such question";
                        faults.add(&field(index, "id"), message);
                        continue;
                    }
                    Some(position) => {
                        let stored = rest.remove(position);
                        if stored.kind != draft.kind {
                            let message = format!(
                                "The kind of a question cannot change: this one is {}. Ask \
                                 another question instead",
                                stored.kind
                            );
                            faults.add(&field(index, "kind"), message);
                        }
                        id
                    }
                },
            };
            asked.push(draft.clone().into_question(id));
        }
        if asked.len() + rest.len() > MAX_STORED_QUESTIONS {
            let message = format!(
                "A competition can have at most {MAX_STORED_QUESTIONS} questions in all, those \
                 included that were removed: edit one of them instead of asking a new one"
            );
            faults.add("questions", message);
        }
        faults.finish(Some(Self { asked, removed: rest }))
    }
}

impl QuestionDraft {
    fn into_question(self, id: QuestionId) -> Question {
        let Self { id: _, kind, label, help, required, options, link } = self;
        Question { id, kind, label, help, required, options, link }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::QuestionKind;

    fn draft(id: Option<u128>, label: &str) -> QuestionDraft {
        QuestionDraft {
            id: id.map(|id| QuestionId(Uuid::from_u128(id))),
            kind: QuestionKind::ShortText,
            label: label.into(),
            help: None,
            required: false,
            options: Vec::new(),
            link: None,
        }
    }

    /// Gives ids from `next` on.
    fn ids(mut next: u128) -> impl FnMut() -> QuestionId {
        move || {
            next += 1;
            QuestionId(Uuid::from_u128(next - 1))
        }
    }

    fn labels(questions: &[Question]) -> Vec<(u128, &str)> {
        questions.iter().map(|question| (question.id.0.as_u128(), &*question.label)).collect()
    }

    #[test]
    fn an_edit_keeps_ids_and_order_and_removes_what_it_does_not_name() {
        let first = [draft(None, "Team"), draft(None, "Size"), draft(None, "Age")];
        let first = Questions::default().edited(&first, ids(1)).unwrap();
        assert_eq!(labels(&first.asked), [(1, "Team"), (2, "Size"), (3, "Age")]);
        let edit = [draft(Some(3), "Your age"), draft(None, "Food"), draft(Some(1), "Team")];
        let second = first.edited(&edit, ids(9)).unwrap();
        assert_eq!(labels(&second.asked), [(3, "Your age"), (9, "Food"), (1, "Team")]);
        assert_eq!(labels(&second.removed), [(2, "Size")]);
        let again = second.edited(&[draft(Some(2), "Size")], ids(10)).unwrap();
        assert_eq!(labels(&again.asked), [(2, "Size")]);
        assert_eq!(again.removed.len(), 3);
    }

    #[test]
    fn an_unknown_id_and_another_kind_are_faults_of_their_questions() {
        let asked = Questions::default().edited(&[draft(None, "Team")], ids(1)).unwrap();
        let number = QuestionDraft { kind: QuestionKind::Number, ..draft(Some(1), "Team") };
        let error = asked.edited(&[draft(Some(7), "Size"), number], ids(2)).unwrap_err();
        let fields: Vec<_> = error.fields.iter().map(|fault| &*fault.field).collect();
        assert_eq!(fields, ["questions.0.id", "questions.1.kind"]);
    }

    #[test]
    fn removed_questions_count_towards_the_limit() {
        let mut questions = Questions::default();
        let twenty: Vec<_> = (0..20).map(|number| draft(None, &number.to_string())).collect();
        for round in 0..5 {
            questions = questions.edited(&twenty, ids(100 * round)).unwrap();
        }
        assert_eq!((questions.asked.len(), questions.removed.len()), (20, 80));
        let error = questions.edited(&twenty[..1], ids(900)).unwrap_err();
        assert_eq!(error.fields[0].field, "questions");
        let first = questions.asked[0].id.0.as_u128();
        assert!(questions.edited(&[draft(Some(first), "0")], ids(900)).is_ok());
    }
}
