//! Questions: asking them, and answering them on registering and later.

pub(super) mod answer;
mod answer_fields;
mod ask;
mod change_answers;
mod question_fields;
mod register;
mod typed_question;

pub use answer::{Countries, TypedAnswers};
pub(super) use answer_fields::AnswerFields;
pub use ask::{QuestionsPage, QuestionsScreen};
pub use change_answers::{AnswersPage, AnswersScreen};
pub use register::{RegisterPage, RegisterScreen, TypedRegistration};
pub use typed_question::{TypedQuestion, TypedQuestions};
