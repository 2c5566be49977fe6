//! Changing the address of the account.

use domain::{EmailStatus, suggested_email};
use leptos::prelude::*;

use crate::{
    components::{EmailSuggestion, ErrorSummary, Field, PasswordField, Submit},
    error::Failure,
    form::{Returned, error_of},
};

/// Sends a mail to a new address, which the account has once it is verified.
#[server(prefix = "/fn", endpoint = "change_email")]
pub async fn change_email(
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<EmailStatus, Failure> {
    use super::EMAIL;
    use crate::ssr::{form, request};
    use domain::EmailChangeInput;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let from = request::client_address()?;
    let typed = email.clone();
    let input = EmailChangeInput {
        email: email.into(),
        password: password.into(),
        ..EmailChangeInput::default()
    };
    let outcome = form::and_then_async(input.check(), async |change| {
        service::accounts::email::change(&ctx, &actor, change, from).await
    })
    .await;
    let status = form::redirect_back_with("change_email", EMAIL, typed, outcome).await?;
    form::set_success_flag("change_email", EMAIL).await?;
    Ok(status)
}

/// The form for a new address.
#[component]
pub(super) fn ChangeForm(
    /// The initial state of the form.
    start: Returned<String>,
    /// The address of the account, for password managers.
    email: String,
    /// Changes the address.
    action: ServerAction<ChangeEmail>,
) -> impl IntoView {
    let Returned { typed, error } = start;
    let error = error_of(action, error);
    view! {
        <section aria-labelledby="change-title" class="grid gap-4">
            <h2 id="change-title" class="subheading">"Change the address"</h2>
            <ErrorSummary error />
            <ActionForm action attr:class="section" attr:novalidate=true>
                <input type="text" autocomplete="username" value=email readonly hidden />
                <EmailSuggestion>
                    <Field
                        id="email"
                        label="New address"
                        kind="email"
                        autocomplete="email"
                        value=typed
                        error
                    />
                </EmailSuggestion>
                <PasswordField autocomplete="current-password" error />
                <Submit pending=action.pending() class="justify-self-start">
                    "Change address"
                </Submit>
            </ActionForm>
        </section>
    }
}

/// The address that was most likely meant, without JavaScript, too: above the form that changes it.
#[component]
pub(super) fn Suggestion(
    /// The address that was typed.
    email: String,
) -> impl IntoView {
    suggested_email(&email).map(|meant| {
        view! {
            <p>
                "Did you mean " <strong class="break-all">{meant}</strong>
                "? Then change the address below."
            </p>
        }
    })
}
