//! Deleting a webhook.

use domain::{UserId, WebhookId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    address,
    form::{WebhookForm, WebhookFormScreen, load_webhook_form},
    row::WebhookDetails,
};
use crate::{
    components::{ErrorSummary, Head, Heading, Layout, Loaded, MadeFor, Submit, Toasts},
    error::Failure,
    form::error_of,
};

/// Deletes the webhook, and leads to the list.
#[server(prefix = "/fn", endpoint = "delete_webhook")]
pub async fn delete_webhook(
    id: WebhookId,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::ssr::{flash, form, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        service::webhooks::delete(&ctx, &actor, id).await
    })
    .await;
    let (form, page) = (WebhookForm::Delete.key(id), address::delete(id));
    form::redirect_back_with(&form, &page, (), outcome).await?;
    flash::set("The webhook is deleted").await;
    leptos_axum::redirect(address::WEBHOOKS);
    Ok(())
}

/// Asks before a webhook is deleted.
#[component]
pub fn DeleteWebhookPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let load = |id| load_webhook_form(id, WebhookForm::Delete);
    let screen = Resource::new_blocking(move || id.get(), load);
    let delete = ServerAction::<DeleteWebhook>::new();
    Toasts::after(delete);
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen delete />
        </Loaded>
    }
}

#[component]
fn Content(screen: WebhookFormScreen, delete: ServerAction<DeleteWebhook>) -> impl IntoView {
    let WebhookFormScreen { webhook, start } = screen;
    let error = error_of(delete, start.error);
    let id = webhook.id;
    view! {
        <Head title=format!("Delete webhook {}", webhook.name()) />
        <div class="form-page">
            <Heading>"Delete this webhook?"</Heading>
            <ErrorSummary error />
            <p>
                "Nothing is sent to it any more, and its deliveries are deleted. This cannot be \
                undone. To stop it for a while, disable it."
            </p>
            <div class="section">
                <WebhookDetails webhook />
            </div>
            <ActionForm action=delete attr:class="flex flex-wrap gap-3">
                <input type="hidden" name="id" value=id.to_string() />
                <MadeFor />
                <Submit pending=delete.pending() class="btn-danger">
                    "Delete webhook"
                </Submit>
                <a class="btn" href=address::webhook(id, 1)>
                    "Keep webhook"
                </a>
            </ActionForm>
        </div>
    }
}
