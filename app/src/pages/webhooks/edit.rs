//! Editing a webhook.

use domain::{UserId, WebhookId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    address,
    fields::{TypedWebhook, WebhookFields},
    form::{WebhookForm, WebhookFormScreen, load_webhook_form},
    row::WebhookRow,
    state::WebhookState,
};
use crate::{
    components::{
        ErrorSummary, Head, Heading, KeptIn, KeptText, Layout, Loaded, MadeFor, Submit, Toasts,
    },
    error::Failure,
    form::{error_of, success_of},
};

impl From<WebhookRow> for TypedWebhook {
    fn from(webhook: WebhookRow) -> Self {
        Self {
            url: webhook.url,
            description: webhook.description,
            event_types: webhook.event_types.iter().map(|kind| kind.as_str().to_owned()).collect(),
            enabled: !matches!(webhook.state, WebhookState::Disabled(_)),
            ..Self::default()
        }
    }
}

/// Saves the changes and leads to the webhook. An event or `enabled` that is not checked is absent.
#[server(prefix = "/fn", endpoint = "edit_webhook")]
pub async fn edit_webhook(
    id: WebhookId,
    #[server(default)] url: String,
    #[server(default)] description: String,
    #[server(default)] event_types: Vec<String>,
    #[server(default)] enabled: bool,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::ssr::{flash, form, request};
    use domain::WebhookPatch;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let patch = WebhookPatch {
        url: url.clone().into(),
        description: description.clone().into(),
        event_types: event_types.clone().into(),
        enabled: enabled.into(),
        ..Default::default()
    };
    let typed = TypedWebhook { url, description, event_types, enabled, ..TypedWebhook::default() };
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        service::webhooks::edit(&ctx, &actor, id, patch).await
    })
    .await;
    let (form, page) = (WebhookForm::Edit.key(id), address::edit(id));
    form::redirect_back_with(&form, &page, Some(typed), outcome).await?;
    flash::set("Your changes are saved").await;
    leptos_axum::redirect(&address::webhook(id, 1));
    Ok(())
}

/// Editing a webhook.
#[component]
pub fn EditWebhookPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let screen =
        Resource::new_blocking(move || id.get(), |id| load_webhook_form(id, WebhookForm::Edit));
    let edit = ServerAction::<EditWebhook>::new();
    Toasts::after(edit);
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen edit />
        </Loaded>
    }
}

#[component]
fn Content(screen: WebhookFormScreen, edit: ServerAction<EditWebhook>) -> impl IntoView {
    let WebhookFormScreen { webhook, start } = screen;
    let error = error_of(edit, start.error);
    let (id, name) = (webhook.id, webhook.name());
    let typed = start.typed.unwrap_or_else(|| webhook.into());
    let enabled = typed.enabled;
    view! {
        <Head title=format!("Edit webhook {name}") />
        <div class="form-page">
            <Heading>"Edit webhook"</Heading>
            <ErrorSummary error />
            <KeptText within=KeptIn::Tab saved=success_of(edit, false)>
                <ActionForm action=edit attr:class="section" attr:novalidate=true>
                    <input type="hidden" name="id" value=id.to_string() />
                    <MadeFor />
                    <WebhookFields typed error />
                    <fieldset class="grid min-w-0 gap-3">
                        <legend class="font-semibold">"State"</legend>
                        <label class="choice">
                            <input
                                class="checkbox"
                                type="checkbox"
                                name="enabled"
                                value="true"
                                checked=enabled
                            />
                            <span class="grid min-w-0">
                                "Enabled"
                                <span class="text-sm text-muted">
                                    "Disabling it ends the deliveries that wait."
                                </span>
                            </span>
                        </label>
                    </fieldset>
                    <p class="flex flex-wrap items-center gap-4">
                        <Submit pending=edit.pending() class="">
                            "Save changes"
                        </Submit>
                        <a class="quiet-link" href=address::webhook(id, 1)>
                            "Discard changes"
                        </a>
                    </p>
                </ActionForm>
            </KeptText>
        </div>
    }
}
