//! Registering for a competition that asks questions, or needs an access code.

use domain::{AccessMode, CallToAction, CompetitionId, Question, UserId};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use super::{TypedAnswers, answer::Countries, answer_fields::AnswerFields};
use crate::{
    components::{
        EmptyState, ErrorSummary, Field, Head, Heading, KeptIn, KeptText, Layout, Loaded, MadeFor,
        Submit, Toasts,
    },
    error::Failure,
    form::{FormError, Returned, error_of, reload_when_refused, success_of},
    pages::competitions::address,
};

/// What is in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedRegistration {
    /// The answers.
    pub answers: TypedAnswers,
    /// The access code.
    pub access_code: String,
}

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterScreen {
    /// The competition.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
    /// What the participant can do.
    pub call_to_action: CallToAction,
    /// Who can register.
    pub access: AccessMode,
    /// What is asked, in order.
    pub questions: Vec<Question>,
    /// The countries to choose from.
    pub countries: Countries,
    /// What was in a form that has just been refused without JavaScript, and why.
    pub start: Returned<TypedRegistration>,
    /// Makes a double click or a resend register once.
    pub idempotency_key: String,
}

/// Loads the page; for participants.
#[server(prefix = "/fn", endpoint = "register_screen")]
pub async fn load_register(id: String) -> Result<RegisterScreen, Failure> {
    use super::answer;
    use crate::ssr::{form, request};
    use domain::Role;

    let (ctx, actor) = (request::context()?, request::actor()?);
    actor.require(Role::Participant)?;
    let id = request::parse_competition_id(&id)?;
    let detail = service::competitions::get(&ctx, id).await?;
    let viewer = service::registration::viewer_state(&ctx, &actor, id).await?;
    Ok(RegisterScreen {
        id,
        call_to_action: CallToAction::of(&detail.competition, &viewer, ctx.now()),
        access: detail.competition.access,
        title: detail.competition.title,
        countries: answer::countries_for(&detail.questions),
        questions: detail.questions,
        start: form::take_stored_form(&form_name(id)).await?,
        idempotency_key: service::idempotency::new_key(),
    })
}

/// The key of the form in the session. It has the id, because several forms may be open.
#[cfg(feature = "ssr")]
fn form_name(id: CompetitionId) -> String {
    format!("register:{id}")
}

/// Registers the user with answers and an access code, and leads to the competition.
#[server(prefix = "/fn", endpoint = "register_with_answers")]
pub async fn register_with_answers(
    competition: CompetitionId,
    idempotency_key: String,
    #[server(default)] answers: TypedAnswers,
    #[server(default)] access_code: String,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use super::answer;
    use crate::ssr::{flash, form, request};
    use domain::{ErrorCode, RegistrationInput};
    use service::{competitions, registration};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let key = form::sent_key(&idempotency_key, made_for, &actor);
    let outcome = form::and_then_async(key, async |key| {
        let asked = competitions::get_visible_to(&ctx, &actor, competition).await?.questions;
        let answers = answer::inputs(&answers, &asked).into();
        let input = RegistrationInput { answers, access_code: access_code.clone().into() };
        let decision = registration::register_with(&ctx, &actor, competition, input, Some(key));
        Ok(decision.await?.outcome?)
    })
    .await;
    // A registration made in another tab meanwhile counts as success.
    let outcome = match outcome {
        Err(service::Error::Public(error)) if error.code == ErrorCode::AlreadyRegistered => {
            flash::set("You had registered already, with the answers that you gave then").await;
            Ok(())
        }
        outcome => outcome.map(drop),
    };
    let page = address::register(competition);
    let typed = TypedRegistration { answers, access_code };
    form::redirect_back_with(&form_name(competition), &page, typed, outcome).await?;
    leptos_axum::redirect(&address::own_registration(competition));
    Ok(())
}

/// Registering for a competition that asks questions, or needs an access code.
#[component]
pub fn RegisterPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let register = ServerAction::<RegisterWithAnswers>::new();
    Toasts::after(register);
    let screen = Resource::new_blocking(move || id.get(), load_register);
    let query = use_query_map();
    let code = Memo::new(move |_| query.read().get("code").unwrap_or_default());
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen register code />
        </Loaded>
    }
}

/// What the page says when there is nothing to send: also to the second half of a double click.
fn without_form(call_to_action: CallToAction) -> &'static str {
    match call_to_action {
        CallToAction::Registered(_) => "You are registered for this competition",
        CallToAction::Waitlisted(_) => "You're on the waiting list for this competition",
        CallToAction::AwaitingApproval => "Your request waits for approval",
        CallToAction::Own => "You organize this competition",
        _ => "You cannot register for this competition now",
    }
}

#[component]
fn Content(
    screen: RegisterScreen,
    register: ServerAction<RegisterWithAnswers>,
    /// The access code in the address.
    code: Memo<String>,
) -> impl IntoView {
    let RegisterScreen { id, title, call_to_action, access, questions, countries, .. } = screen;
    let RegisterScreen { start, idempotency_key, .. } = screen;
    let TypedRegistration { answers, access_code } = start.typed;
    let access_code = if access_code.is_empty() { code.get_untracked() } else { access_code };
    let back = address::with_code(address::competition(id), &code.get_untracked());
    let words = match call_to_action {
        CallToAction::Register => {
            Some(("Register", "Your seat is reserved once you have sent the form."))
        }
        CallToAction::RequestSeat => {
            Some(("Request a seat", "The organizer approves or rejects your request."))
        }
        CallToAction::JoinWaitlist => Some((
            "Join waiting list",
            "This competition is full. A seat that becomes free goes to the first in line.",
        )),
        _ => None,
    };
    let error = error_of(register, start.error);
    let saved = success_of(register, false);
    let asked = RwSignal::new(questions);
    let countries = RwSignal::new(countries);
    let access = RwSignal::new(access);
    // The organizer may have changed the questions, and who can register.
    reload_when_refused(
        register,
        move || load_register(id.to_string()),
        move |screen| {
            countries.set(screen.countries);
            asked.set(screen.questions);
            access.set(screen.access);
        },
    );
    let content = match words {
        Some((button, note)) => view! {
            <p class="text-muted">{note}</p>
            <KeptText within=KeptIn::Tab saved>
                <ActionForm action=register attr:class="grid gap-6" attr:novalidate=true>
                    <input type="hidden" name="competition" value=id.to_string() />
                    <input type="hidden" name="idempotency_key" value=idempotency_key />
                    <MadeFor />
                    {move || {
                        let value = access_code.clone();
                        view! { <AccessCodeField access=access.get() value error /> }
                    }}
                    <AnswerFields asked countries typed=answers error />
                    <p class="flex flex-wrap gap-3">
                        <Submit pending=register.pending() class="btn-lg">
                            {button}
                        </Submit>
                        <a class="btn btn-lg" href=back>
                            "Back"
                        </a>
                    </p>
                </ActionForm>
            </KeptText>
        }
        .into_any(),
        None => view! {
            <EmptyState title=without_form(call_to_action)>
                <a class="btn btn-primary" href=back>"See the competition"</a>
            </EmptyState>
        }
        .into_any(),
    };
    view! {
        <Head title=format!("Register for {title}") />
        <div class="form-page">
            <Heading>"Register for " <bdi>{title}</bdi></Heading>
            <ErrorSummary error />
            {content}
        </div>
    }
}

#[component]
fn AccessCodeField(access: AccessMode, value: String, error: FormError) -> impl IntoView {
    let required = access == AccessMode::Code;
    let hint = match access {
        AccessMode::Open => return None,
        AccessMode::Code => "You have it from the organizer.",
        AccessMode::Invitation => {
            "It is in your invitation. Leave it empty if you have registered with it before."
        }
    };
    Some(view! {
        <Field id="accessCode" name="access_code" label="Access code" hint required value error />
    })
}
