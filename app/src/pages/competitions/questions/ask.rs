//! The page where an organizer asks questions.

use domain::{CompetitionId, MAX_QUESTIONS, UserId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{TypedQuestion, TypedQuestions, question_fields::QuestionFields};
use crate::{
    components::{ErrorSummary, KeptIn, KeptText, Layout, Loaded, MadeFor, Submit, Toasts},
    error::Failure,
    form::{Returned, count_replies, reply_of, returned_by},
    pages::competitions::managed::{ManageHeader, ManageTab, ManagedCompetition},
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionsScreen {
    /// The competition.
    pub managed: ManagedCompetition,
    /// The questions as they are, or those of a form that has just been refused without JavaScript.
    pub start: Returned<TypedQuestions>,
}

/// Loads the page; for the organizer of the competition.
#[server(prefix = "/fn", endpoint = "questions_screen")]
pub async fn load_questions(id: String) -> Result<QuestionsScreen, Failure> {
    use crate::ssr::{form, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    // Check the login before parsing the id, so that 401 wins over 404.
    actor.user()?;
    let id = request::parse_competition_id(&id)?;
    let detail = service::competitions::get_editable(&ctx, &actor, id).await?;
    let managed = ManagedCompetition::of(&detail.competition)?;
    let stored = form::take_stored_form::<Option<TypedQuestions>>(&form_name(id)).await?;
    let typed = stored.typed.unwrap_or_else(|| TypedQuestions {
        questions: detail.questions.into_iter().map(Into::into).collect(),
        version: detail.competition.version,
    });
    let start = Returned { typed, error: stored.error };
    Ok(QuestionsScreen { managed, start })
}

/// The key of the form in the session. It has the id, because several forms may be open.
#[cfg(feature = "ssr")]
fn form_name(id: CompetitionId) -> String {
    format!("questions:{id}")
}

/// Saves the questions, and moves or removes the one whose button was pressed. When others have
/// changed the competition meanwhile, it returns the form with the current version.
#[server(prefix = "/fn", endpoint = "save_questions")]
pub async fn save_questions(
    competition: CompetitionId,
    version: u32,
    #[server(default)] questions: Vec<TypedQuestion>,
    #[server(default)] intent: String,
    #[server(default)] made_for: Option<UserId>,
) -> Result<Option<Returned<TypedQuestions>>, Failure> {
    use super::typed_question::{Change, as_shown, to_save};
    use crate::{
        pages::competitions::address,
        ssr::{error_words, flash, form, request, response},
    };
    use domain::{CompetitionPatch, ErrorCode};
    use service::{Error, competitions};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let checked = form::check_same_user(made_for, &actor);
    let (inputs, order) = to_save(&questions, Change::read(&intent));
    let patch = CompetitionPatch {
        version: i64::from(version).into(),
        questions: inputs.into(),
        ..Default::default()
    };
    let outcome = form::and_then_async(checked, async |()| {
        let edited = competitions::edit(&ctx, &actor, competition, patch, None).await?;
        Ok(edited.outcome?)
    })
    .await;
    let outcome = outcome.map_err(|error| match error {
        Error::Public(error) => as_shown(error, &order).into(),
        other => other,
    });
    let (name, page) = (form_name(competition), address::questions(competition));
    let typed = TypedQuestions { questions, version };
    if let Err(Error::Public(error)) = &outcome
        && error.code == ErrorCode::StaleVersion
    {
        let now = competitions::get_own(&ctx, &actor, competition).await?;
        let typed = typed.rebased(now.questions, now.competition.version);
        let error = error_words::for_pages(error.clone());
        form::show_again(&name, &page, &Some(typed.clone()), Some(&error)).await?;
        return Ok(Some(Returned { typed, error: Some(error) }));
    }
    form::redirect_back_with(&name, &page, Some(typed), outcome).await?;
    flash::set("The questions are saved").await;
    response::redirect_form(&page);
    Ok(None)
}

/// The page where an organizer asks questions.
#[component]
pub fn QuestionsPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let save = ServerAction::<SaveQuestions>::new();
    Toasts::after(save);
    // A form that is refused stays as it was typed.
    let saved = count_replies(save, |reply| matches!(reply, Ok(None)));
    let source = move || (id.get(), saved.get());
    let screen = Resource::new_blocking(source, |(id, _)| load_questions(id));
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen save />
        </Loaded>
    }
}

#[component]
fn Content(screen: QuestionsScreen, save: ServerAction<SaveQuestions>) -> impl IntoView {
    let QuestionsScreen { managed, start } = screen;
    let id = managed.id;
    let reply = reply_of(save);
    let (shown, error) = returned_by(reply, start);
    let saved = Signal::derive(move || matches!(reply.get(), Some(Ok(None))));
    let pending = save.pending();
    let fields = move |TypedQuestions { mut questions, version }| {
        let is_last_new = questions.last().is_some_and(|question| question.id.is_empty());
        if questions.len() < MAX_QUESTIONS && !is_last_new {
            questions.push(TypedQuestion::default());
        }
        let fields = questions.into_iter().enumerate();
        let fields = fields.map(|(at, typed)| view! { <QuestionFields at typed pending error /> });
        view! {
            <input type="hidden" name="version" value=version.to_string() />
            {fields.collect_view()}
        }
    };
    view! {
        <ManageHeader managed tab=ManageTab::Questions />
        <div class="form-page mx-0 mt-6">
            <p class="text-muted">
                "Participants answer them when they register. Answers stay when you change or \
                    remove a question."
            </p>
            <ErrorSummary error />
            // The target of the link in the error summary.
            <div id="questions" tabindex="-1" class="outline-none">
                <KeptText within=KeptIn::Browser saved>
                    <ActionForm action=save attr:class="grid gap-6" attr:novalidate=true>
                        <input type="hidden" name="competition" value=id.to_string() />
                        <MadeFor />
                        // Enter in a field saves: it would press the first button, which moves or
                        // removes.
                        <button hidden name="intent" value="save"></button>
                        // New elements for each version: a field that was typed into ignores a new
                        // initial value.
                        <For each=move || [shown.get()] key=|shown| shown.version children=fields />
                        <p class="flex flex-wrap gap-3">
                            <Submit
                                pending
                                class="btn-lg"
                                {..}
                                name="intent"
                                value="save"
                            >
                                "Save questions"
                            </Submit>
                        </p>
                    </ActionForm>
                </KeptText>
            </div>
        </div>
    }
}
