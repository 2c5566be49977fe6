//! Changing the answers of a registration.

use domain::{CompetitionId, Question, RegistrationId, UserId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{TypedAnswers, answer::Countries, answer_fields::AnswerFields};
use crate::{
    components::{
        EmptyState, ErrorSummary, Head, Heading, KeptIn, KeptText, Layout, Loaded, MadeFor, Submit,
        Toasts,
    },
    error::Failure,
    form::{Returned, error_of, reload_when_refused, success_of},
    pages::competitions::{address, answer_list::AnswerList},
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswersScreen {
    /// The competition.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
    /// The registration whose answers can be changed, if there is one.
    pub registration: Option<RegistrationId>,
    /// The questions that are answered, and the answers, if they cannot be changed.
    pub fixed: Vec<(String, String)>,
    /// What is asked, in order.
    pub questions: Vec<Question>,
    /// The countries to choose from.
    pub countries: Countries,
    /// The answers as they are, or those of a form that has just been refused without JavaScript.
    pub start: Returned<TypedAnswers>,
}

/// Loads the page; for participants.
#[server(prefix = "/fn", endpoint = "answers_screen")]
pub async fn load_answers(id: String) -> Result<AnswersScreen, Failure> {
    use super::answer;
    use crate::ssr::{form, request};
    use domain::Role;
    use service::{competitions, registration};

    let (ctx, actor) = (request::context()?, request::actor()?);
    actor.require(Role::Participant)?;
    let id = request::parse_competition_id(&id)?;
    let detail = competitions::get(&ctx, id).await?;
    let viewer = registration::viewer_state(&ctx, &actor, id).await?;
    let can_change = viewer.can_change_answers(&detail.competition, ctx.now());
    let registration = viewer.registration_id.filter(|_| can_change);
    let mut start = form::take_stored_form::<TypedAnswers>(&form_name(id)).await?;
    let mut fixed = Vec::new();
    let is_active = viewer.registration.is_some_and(domain::RegistrationStatus::is_active);
    if let Some(stored) = viewer.registration_id.filter(|_| is_active) {
        let answers = registration::get(&ctx, &actor, stored).await?.answers;
        if !can_change {
            fixed = answers.into_iter().map(domain::Answer::into_words).collect();
        } else if start.error.is_none() {
            start.typed = answer::typed(&answers);
        }
    }
    let (title, questions) = (detail.competition.title, detail.questions);
    let countries = answer::countries_for(&questions);
    Ok(AnswersScreen { id, title, registration, fixed, questions, countries, start })
}

/// The key of the form in the session. It has the id, because several forms may be open.
#[cfg(feature = "ssr")]
fn form_name(id: CompetitionId) -> String {
    format!("answers:{id}")
}

/// Replaces the answers of a registration, and leads to the competition.
#[server(prefix = "/fn", endpoint = "change_answers")]
pub async fn change_answers(
    competition: CompetitionId,
    registration: RegistrationId,
    #[server(default)] answers: TypedAnswers,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use super::answer;
    use crate::ssr::{flash, form, request};
    use domain::RegistrationPatch;
    use service::{competitions, registration::edit_answers};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let checked = form::check_same_user(made_for, &actor);
    let outcome = form::and_then_async(checked, async |()| {
        let asked = competitions::get_visible_to(&ctx, &actor, competition).await?.questions;
        let given = answer::inputs(&answers, &asked).into();
        let input = RegistrationPatch { answers: given, ..Default::default() };
        edit_answers(&ctx, &actor, registration, input).await
    })
    .await;
    let page = address::answers(competition);
    form::redirect_back_with(&form_name(competition), &page, answers, outcome).await?;
    flash::set("Your answers are saved").await;
    leptos_axum::redirect(&address::competition(competition));
    Ok(())
}

/// Changing the answers of a registration.
#[component]
pub fn AnswersPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let screen = Resource::new_blocking(move || id.get(), load_answers);
    let change = ServerAction::<ChangeAnswers>::new();
    Toasts::after(change);
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen change />
        </Loaded>
    }
}

#[component]
fn Content(screen: AnswersScreen, change: ServerAction<ChangeAnswers>) -> impl IntoView {
    let AnswersScreen { id, title, registration, fixed, questions, countries, start } = screen;
    let back = address::competition(id);
    let error = error_of(change, start.error);
    let saved = success_of(change, false);
    let asks = !questions.is_empty();
    let asked = RwSignal::new(questions);
    let countries = RwSignal::new(countries);
    // The organizer may have changed the questions.
    reload_when_refused(
        change,
        move || load_answers(id.to_string()),
        move |screen| {
            countries.set(screen.countries);
            asked.set(screen.questions);
        },
    );
    let content = match registration {
        Some(registration) if asks => view! {
            <KeptText within=KeptIn::Tab saved>
                <ActionForm action=change attr:class="grid gap-6" attr:novalidate=true>
                    <input type="hidden" name="competition" value=id.to_string() />
                    <input type="hidden" name="registration" value=registration.to_string() />
                    <MadeFor />
                    <AnswerFields asked countries typed=start.typed error />
                    <p class="flex flex-wrap gap-3">
                        <Submit pending=change.pending() class="btn-lg">
                            "Save answers"
                        </Submit>
                        <a class="btn btn-lg" href=back>
                            "Back"
                        </a>
                    </p>
                </ActionForm>
            </KeptText>
        }
        .into_any(),
        _ if !fixed.is_empty() => view! {
            <AnswerList answers=fixed />
            <p class="text-muted">"Answers can be changed until registration closes."</p>
            <p><a class="btn" href=back>"Back"</a></p>
        }
        .into_any(),
        _ => view! {
            <EmptyState title="There are no answers to change">
                <p>
                    "Answers can be changed while you're registered, until registration closes."
                </p>
                <a class="btn btn-primary" href=back>"See the competition"</a>
            </EmptyState>
        }
        .into_any(),
    };
    view! {
        <Head title=format!("Your answers for {title}") />
        <div class="form-page">
            <Heading>"Your answers for " <bdi>{title}</bdi></Heading>
            <ErrorSummary error />
            {content}
        </div>
    }
}
