//! Creating a webhook.

use domain::UserId;
use leptos::prelude::*;

use super::{
    choice::Choice,
    fields::{TypedWebhook, WebhookFields},
};
use crate::{
    components::{ErrorSummary, KeptIn, KeptText, MadeFor, SelectField, Submit},
    error::Failure,
    form::{Returned, error_of, success_of},
};

/// Creates a webhook and leads to it. That page shows its secret.
#[server(prefix = "/fn", endpoint = "create_webhook")]
pub async fn create_webhook(
    #[server(default)] url: String,
    #[server(default)] description: String,
    #[server(default)] event_types: Vec<String>,
    #[server(default)] competition: String,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use super::{
        address::{WEBHOOKS, webhook},
        secret::HANDOVER,
    };
    use crate::ssr::{form, request};
    use domain::WebhookInput;
    use service::webhooks::{self, SecretHandover};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let typed = TypedWebhook { url, description, event_types, competition, enabled: true };
    let input = WebhookInput {
        url: typed.url.clone().into(),
        description: typed.description.clone().into(),
        event_types: typed.event_types.clone().into(),
        competition_id: typed.competition.clone().into(),
        ..Default::default()
    };
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        webhooks::create(&ctx, &actor, input).await
    })
    .await;
    let made = form::redirect_back_with("create_webhook", WEBHOOKS, typed, outcome).await?;
    request::session()?.put(HANDOVER, SecretHandover::of(&made)).await?;
    leptos_axum::redirect(&webhook(made.webhook.id, 1));
    Ok(())
}

/// The form that creates a webhook.
#[component]
pub(super) fn CreateSection(
    /// The initial state of the form.
    start: Returned<TypedWebhook>,
    /// The competitions to choose from.
    choices: Vec<Choice>,
    /// Whether there are more.
    has_more: bool,
    /// Creates a webhook.
    action: ServerAction<CreateWebhook>,
) -> impl IntoView {
    let Returned { typed, error } = start;
    let error = error_of(action, error);
    let chosen = typed.competition.clone();
    let option = move |Choice { id, title }: Choice| {
        let id = id.to_string();
        view! { <option value=id.clone() selected=id == chosen>{title}</option> }
    };
    let hint = if has_more {
        "The newest that are not over. The Manage page of an older one leads here with it chosen."
    } else {
        "Whose events are sent."
    };
    view! {
        <section aria-labelledby="create-title" class="grid gap-4">
            <h2 id="create-title" class="subheading">"Create a webhook"</h2>
            <ErrorSummary error />
            <KeptText within=KeptIn::Tab saved=success_of(action, false)>
                <ActionForm action attr:class="section" attr:novalidate=true>
                    <MadeFor />
                    <WebhookFields typed error />
                    <SelectField
                        id="competitionId"
                        name="competition"
                        label="Competition"
                        hint=hint
                        error
                    >
                        <option value="">"All your competitions, also later ones"</option>
                        {choices.into_iter().map(option).collect_view()}
                    </SelectField>
                    <Submit pending=action.pending() class="justify-self-start">
                        "Create webhook"
                    </Submit>
                </ActionForm>
            </KeptText>
        </section>
    }
}
