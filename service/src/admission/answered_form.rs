//! The answers of a request to register.

use domain::{AnswerInput, ErrorCode, GivenAnswer, PublicError, Question, Raw, given_answers};
use serde_json::{Value, json};

/// The answers of a request to register, checked before the competition is locked: its questions
/// are not read under the lock. It is decided on only if the questions are still the same.
#[derive(Clone, Debug)]
pub(crate) struct AnsweredForm {
    /// What the client sent, for the fingerprint; `None` if it sent no answers.
    sent: Option<Value>,
    /// Of the questions that the answers were checked against.
    questions_version: u32,
    checked: Result<Vec<GivenAnswer>, PublicError>,
}

impl AnsweredForm {
    /// Checks answers to the questions that a competition asks at this version.
    pub(crate) fn new(
        answers: Raw<Vec<AnswerInput>>,
        asked: &[Question],
        questions_version: u32,
    ) -> Self {
        let sent = match &answers {
            Raw::Missing => None,
            Raw::WrongType => Some(Value::Bool(false)),
            Raw::Given(answers) => {
                let mut answers: Vec<_> = answers.iter().collect();
                // In any order, they are the same request.
                answers.sort_by(|a, b| a.question_id.cmp(&b.question_id));
                let pair = |answer: &AnswerInput| json!([answer.question_id, answer.value]);
                Some(answers.into_iter().map(pair).collect())
            }
        };
        Self { sent, questions_version, checked: given_answers(answers, asked) }
    }

    /// How many rows the answers are.
    pub(super) fn rows(&self) -> usize {
        let answers = self.checked.as_ref().map(Vec::as_slice).unwrap_or_default();
        answers.iter().map(|answer| answer.values.len()).sum()
    }

    /// What the client sent.
    pub(super) fn sent(&self) -> Option<&Value> {
        self.sent.as_ref()
    }
}

/// The answers, if they were checked against the questions at `version`.
///
/// # Errors
/// [`ErrorCode::QuestionsChanged`] if they were not; every wrong answer at once.
pub(super) fn answers_at(
    form: Option<&AnsweredForm>,
    version: u32,
) -> Result<Vec<GivenAnswer>, PublicError> {
    if form.map_or(0, |form| form.questions_version) != version {
        let message = "The organizer has just changed the questions: look at them, then try again";
        return Err(PublicError::new(ErrorCode::QuestionsChanged, message));
    }
    form.map_or(Ok(Vec::new()), |form| form.checked.clone())
}

/// A form in which so many options are chosen.
#[cfg(test)]
pub(super) fn choosing(options: usize) -> AnsweredForm {
    let options: Vec<_> = (0..options).map(|option| option.to_string()).collect();
    let question = domain::Question {
        id: domain::QuestionId(uuid::Uuid::from_u128(8)),
        kind: domain::QuestionKind::AnyOf,
        label: "Days".into(),
        help: None,
        required: false,
        options: options.clone(),
        link: None,
    };
    let answers = serde_json::json!([{ "questionId": question.id, "value": options }]);
    AnsweredForm::new(serde_json::from_value(answers).unwrap(), &[question], 1)
}

#[cfg(test)]
mod tests {
    use domain::CompetitionId;
    use sea_orm::EntityTrait;

    use super::*;
    use crate::{
        Actor,
        admission::{AdmissionCommand, command::Request, execute, process::process_batch},
        competitions,
        entity::answer,
        testing::World,
    };

    /// A competition of Ada's that asks for the team, and a participant, Grace.
    async fn asking_for_teams() -> (World, [Actor; 2], CompetitionId) {
        let world = World::new().await;
        let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
        let team = json!([{ "kind": "SHORT_TEXT", "label": "Team" }]);
        let id = world.competition(&ada).asking(team).create().await;
        (world, [ada, grace], id)
    }

    #[tokio::test]
    async fn answers_to_the_questions_before_an_edit_are_refused_and_take_no_seat() {
        let (world, [ada, grace], id) = asking_for_teams().await;
        let (asked, version) = competitions::questions(&world.ctx, id).await.unwrap();
        let form = AnsweredForm::new(Raw::Missing, &asked, version);
        let edit = json!({ "questions": [{ "kind": "DATE", "label": "Born", "required": true }] });
        let edit = serde_json::from_value(edit).unwrap();
        competitions::edit(&world.ctx, &ada, id, edit, None).await.unwrap().outcome.unwrap();
        let register = async |form: AnsweredForm| {
            let command = AdmissionCommand::Register(form.into());
            let key = Some("k-1".parse().unwrap());
            let user = grace.user().unwrap();
            let decision = execute(&world.ctx, user, id, command, key).await.unwrap();
            decision.outcome.map_err(|refusal| refusal.code)
        };
        assert_eq!(register(form).await.unwrap_err(), ErrorCode::QuestionsChanged);
        assert_eq!(world.tally(id).await.registered, 0);
        let (asked, version) = competitions::questions(&world.ctx, id).await.unwrap();
        let answer = json!([{ "questionId": asked[0].id, "value": "2000-02-29" }]);
        let form = AnsweredForm::new(serde_json::from_value(answer).unwrap(), &asked, version);
        // With Redis, the lock of the try before is released in the background.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        assert!(register(form).await.is_ok());
    }

    #[tokio::test]
    async fn a_participant_who_is_added_keeps_the_answers_of_a_registration_in_the_same_batch() {
        let (world, [ada, grace], id) = asking_for_teams().await;
        let (asked, version) = competitions::questions(&world.ctx, id).await.unwrap();
        let answer = json!([{ "questionId": asked[0].id, "value": "Red" }]);
        let form = AnsweredForm::new(serde_json::from_value(answer).unwrap(), &asked, version);
        let participant = Box::new(grace.user().unwrap().clone());
        let requests = [
            (&grace, AdmissionCommand::Register(form.into())),
            (&grace, AdmissionCommand::CancelRegistration),
            (&ada, AdmissionCommand::AddParticipant { participant, adds_seat: false }),
        ];
        let requests =
            requests.map(|(by, command)| Request { command, ..Request::to_register(id, by) });
        for decision in process_batch(world.ctx.clone(), id, requests.into()).await {
            assert!(decision.unwrap().outcome.is_ok());
        }
        let answers = answer::Entity::find().all(world.ctx.db.connection()).await.unwrap();
        assert_eq!(answers.len(), 1);
    }
}
