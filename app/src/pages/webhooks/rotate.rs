//! Rotating the secret of a webhook.

use domain::{UserId, WebhookId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    address,
    form::{WebhookForm, WebhookFormScreen, load_webhook_form},
    row::WebhookDetails,
};
use crate::{
    components::{ErrorSummary, Head, Heading, Layout, Loaded, MadeFor, Submit},
    error::Failure,
    form::error_of,
};

/// Rotates the secret and leads to the webhook. That page shows the new one.
#[server(prefix = "/fn", endpoint = "rotate_secret")]
pub async fn rotate_secret(
    id: WebhookId,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use super::secret::HANDOVER;
    use crate::ssr::{form, request};
    use service::webhooks::SecretHandover;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        service::webhooks::rotate_secret(&ctx, &actor, id).await
    })
    .await;
    let (form, page) = (WebhookForm::RotateSecret.key(id), address::rotate_secret(id));
    let made = form::redirect_back_with(&form, &page, (), outcome).await?;
    request::session()?.put(HANDOVER, SecretHandover::of(&made)).await?;
    leptos_axum::redirect(&address::webhook(id, 1));
    Ok(())
}

/// Asks before the secret of a webhook is rotated.
#[component]
pub fn RotateSecretPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let load = |id| load_webhook_form(id, WebhookForm::RotateSecret);
    let screen = Resource::new_blocking(move || id.get(), load);
    let rotate = ServerAction::<RotateSecret>::new();
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen rotate />
        </Loaded>
    }
}

#[component]
fn Content(screen: WebhookFormScreen, rotate: ServerAction<RotateSecret>) -> impl IntoView {
    let WebhookFormScreen { webhook, start } = screen;
    let error = error_of(rotate, start.error);
    let id = webhook.id;
    view! {
        <Head title=format!("Rotate the secret of {}", webhook.name()) />
        <div class="form-page">
            <Heading>"Rotate the secret of this webhook?"</Heading>
            <ErrorSummary error />
            <p>
                "A new secret is made and shown once. For 24 hours requests are signed with the \
                present secret too, so that you can change the receiver without a gap. A secret \
                that you rotated before is no longer used from now on."
            </p>
            <div class="section">
                <WebhookDetails webhook />
            </div>
            <ActionForm action=rotate attr:class="flex flex-wrap gap-3">
                <input type="hidden" name="id" value=id.to_string() />
                <MadeFor />
                <Submit pending=rotate.pending() class="">
                    "Rotate secret"
                </Submit>
                <a class="btn" href=address::webhook(id, 1)>
                    "Keep secret"
                </a>
            </ActionForm>
        </div>
    }
}
