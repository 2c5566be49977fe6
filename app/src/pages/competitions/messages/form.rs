//! The pages where an organizer writes a message, and edits a draft of one.

use domain::{CompetitionId, MessageRecipients, OrganizerMessageId, RegistrationStatus, UserId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{TypedMessage, recipients::group};
use crate::{
    components::{
        ErrorSummary, Field, FieldError, Head, Heading, KeptIn, KeptText, Layout, Loaded, MadeFor,
        Submit, TextArea,
    },
    error::Failure,
    form::{FormError, Returned, error_of, success_of},
    pages::competitions::{
        AnswerChoices,
        address::{self, messages},
        manage::AnswerFields,
        managed::ManageLink,
    },
};

/// The data of both pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageFormScreen {
    /// The competition.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
    /// The draft; `None` for a new message.
    pub message: Option<OrganizerMessageId>,
    /// The answers to choose recipients by.
    pub choices: Vec<AnswerChoices>,
    /// The initial state of the form.
    pub start: Returned<TypedMessage>,
}

/// The key of the form in the session. It has the ids, because several forms may be open.
#[cfg(feature = "ssr")]
fn form_name(id: CompetitionId, message: Option<OrganizerMessageId>) -> String {
    match message {
        Some(message) => format!("message:{message}"),
        None => format!("write_message:{id}"),
    }
}

/// The page of the form.
#[cfg(feature = "ssr")]
fn page(id: CompetitionId, message: Option<OrganizerMessageId>) -> String {
    match message {
        Some(message) => address::edit_message(id, message),
        None => address::write_message(id),
    }
}

/// Loads the form; for the organizer of the competition.
#[server(prefix = "/fn", endpoint = "message_form")]
pub async fn load_message_form(
    id: String,
    #[server(default)] message: Option<String>,
) -> Result<MessageFormScreen, Failure> {
    use super::page::parse_id;
    use crate::ssr::{form, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    // Check the login before parsing the id, so that 401 wins over 404.
    actor.user()?;
    let id = request::parse_competition_id(&id)?;
    let detail = service::competitions::get_own(&ctx, &actor, id).await?;
    let message = message.as_deref().map(parse_id).transpose()?;
    let saved = match message {
        Some(message) => {
            let draft = service::organizer_messages::get_draft(&ctx, &actor, id, message).await?;
            draft.into()
        }
        None => TypedMessage {
            statuses: vec![RegistrationStatus::Confirmed.to_string()],
            ..TypedMessage::default()
        },
    };
    let name = form_name(id, message);
    let stored = form::take_stored_form::<Option<TypedMessage>>(&name).await?;
    Ok(MessageFormScreen {
        id,
        title: detail.competition.title,
        message,
        choices: detail.questions.into_iter().map(AnswerChoices::of).collect(),
        start: Returned { typed: stored.typed.unwrap_or(saved), error: stored.error },
    })
}

/// Saves a message as a draft and leads to its page, where it is sent.
#[server(prefix = "/fn", endpoint = "save_message")]
pub async fn save_message(
    competition: CompetitionId,
    #[server(default)] message: Option<OrganizerMessageId>,
    #[server(default)] typed: TypedMessage,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::ssr::{form, request};
    use service::organizer_messages::{create, edit};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let input = typed.clone().input();
    let outcome =
        form::and_then_async(form::check_same_user(made_for, &actor), async |()| match message {
            Some(message) => edit(&ctx, &actor, competition, message, input).await,
            None => create(&ctx, &actor, competition, input).await,
        })
        .await;
    let (name, page) = (form_name(competition, message), page(competition, message));
    let saved = form::redirect_back_with(&name, &page, Some(typed), outcome).await?;
    leptos_axum::redirect(&address::message(competition, saved.id));
    Ok(())
}

/// The page where an organizer writes a message.
#[component]
pub fn WriteMessagePage() -> impl IntoView {
    view! { <FormPage /> }
}

/// The page where an organizer edits a draft of a message.
#[component]
pub fn EditMessagePage() -> impl IntoView {
    view! { <FormPage /> }
}

#[component]
fn FormPage() -> impl IntoView {
    let params = use_params_map();
    let asked = Memo::new(move |_| {
        let params = params.read();
        (params.get("id").unwrap_or_default(), params.get("messageId"))
    });
    let save = ServerAction::<SaveMessage>::new();
    let load = |(id, message)| load_message_form(id, message);
    let screen = Resource::new_blocking(move || asked.get(), load);
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen save />
        </Loaded>
    }
}

#[component]
fn Content(screen: MessageFormScreen, save: ServerAction<SaveMessage>) -> impl IntoView {
    let MessageFormScreen { id, title, message, choices, start } = screen;
    let error = error_of(save, start.error);
    let (heading, back) = match message {
        Some(message) => ("Edit message", address::message(id, message)),
        None => ("Write a message", messages(id)),
    };
    let hidden = message.map(|message| {
        view! { <input type="hidden" name="message" value=message.to_string() /> }
    });
    view! {
        <Head title=format!("{heading} to participants of {title}") />
        <div class="form-page">
            <ManageLink id title />
            <Heading>{heading}</Heading>
            <ErrorSummary error />
            <KeptText within=KeptIn::Tab saved=success_of(save, false)>
                <ActionForm action=save attr:class="grid gap-6" attr:novalidate=true>
                    <input type="hidden" name="competition" value=id.to_string() />
                    {hidden}
                    <MadeFor />
                    <Fields typed=start.typed choices error />
                    <div class="flex flex-wrap items-center gap-3">
                        <Submit pending=save.pending() class="btn-lg">
                            "Continue"
                        </Submit>
                        <a class="btn btn-lg" href=back>
                            "Back"
                        </a>
                    </div>
                    <p class="text-sm text-muted">
                        "Nothing is sent yet. Next you see who gets it and how it looks."
                    </p>
                </ActionForm>
            </KeptText>
        </div>
    }
}

#[component]
fn Fields(typed: TypedMessage, choices: Vec<AnswerChoices>, error: FormError) -> impl IntoView {
    let TypedMessage { subject, text, statuses, answer, value } = typed;
    let chosen = match answer.as_str() {
        "" => None,
        prefix if prefix.ends_with(':') => Some(answer + &value),
        _ => Some(answer),
    };
    let choice = move |status: RegistrationStatus| {
        let checked = statuses.iter().any(|name| name == status.as_str());
        view! {
            <label class="choice">
                <input
                    class="checkbox"
                    type="checkbox"
                    name="typed[statuses][]"
                    value=status.as_str()
                    checked=checked
                />
                <span class="font-semibold">{group(status)}</span>
            </label>
        }
    };
    view! {
        <Field
            id="subject"
            name="typed[subject]"
            label="Subject"
            hint="The title of the competition stands before it."
            value=subject
            error
        />
        <TextArea
            id="text"
            name="typed[text]"
            label="Message"
            hint="Markdown. A greeting with the name of the reader stands before it."
            rows=12
            value=text
            error
        />
        // The target of the link in the error summary.
        <fieldset
            id="statuses"
            tabindex="-1"
            class="grid min-w-0 gap-3"
            aria-describedby="statuses-error"
        >
            <legend class="font-semibold">"Recipients"</legend>
            <FieldError id="statuses" error />
            {MessageRecipients::STATUSES.map(choice).collect_view()}
        </fieldset>
        <FieldError id="answer" error />
        <AnswerFields chosen choices name="typed[answer]" value_name="typed[value]" />
    }
}
