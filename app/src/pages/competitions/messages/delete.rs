//! Deleting a draft of a message.

use domain::{CompetitionId, OrganizerMessageId, UserId};
use leptos::prelude::*;

use crate::{components::MadeFor, error::Failure};

/// Deletes a draft, and leads to the list.
#[server(prefix = "/fn", endpoint = "delete_message")]
pub async fn delete_message(
    competition: CompetitionId,
    message: OrganizerMessageId,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use super::typed_sending::{TypedSending, form_name};
    use crate::{
        pages::competitions::address,
        ssr::{flash, form, request},
    };
    use domain::ErrorCode;
    use service::{Error, organizer_messages::delete};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        delete(&ctx, &actor, competition, message).await
    })
    .await;
    // One that was deleted in another tab meanwhile counts as success.
    let outcome = match outcome {
        Err(Error::Public(error)) if error.code == ErrorCode::MessageNotFound => Ok(()),
        outcome => outcome,
    };
    let (name, page) = (form_name(message), address::message(competition, message));
    form::redirect_back_with(&name, &page, TypedSending::default(), outcome).await?;
    flash::set("The draft is deleted").await;
    leptos_axum::redirect(&address::messages(competition));
    Ok(())
}

/// The button that deletes a draft, which asks first.
#[component]
pub(super) fn DeleteSection(
    /// The competition.
    id: CompetitionId,
    /// The message.
    message: OrganizerMessageId,
    /// Deletes it.
    delete: ServerAction<DeleteMessage>,
) -> impl IntoView {
    view! {
        <details class="section">
            <summary class="subheading">"Delete this draft"</summary>
            <div class="mt-4 grid gap-3">
                <p>"Its text is lost. This cannot be undone."</p>
                <ActionForm action=delete>
                    <input type="hidden" name="competition" value=id.to_string() />
                    <input type="hidden" name="message" value=message.to_string() />
                    <MadeFor />
                    <button class="btn btn-outline btn-error">"Delete draft"</button>
                </ActionForm>
            </div>
        </details>
    }
}
