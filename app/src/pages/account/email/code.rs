//! Verifying an address with the code of a mail.

use domain::{EmailStatus, UserId};
use leptos::prelude::*;

use crate::{
    components::{ErrorSummary, Field, MadeFor, Submit},
    error::Failure,
    form::{FormError, Returned, error_of},
};

/// Verifies the address that the user is to verify, with the code of the last mail to it.
#[server(prefix = "/fn", endpoint = "verify_email_code")]
pub async fn verify_email_code(
    #[server(default)] code: String,
    #[server(default)] made_for: Option<UserId>,
) -> Result<EmailStatus, Failure> {
    use super::EMAIL;
    use crate::ssr::{form, request};
    use domain::EmailCodeInput;
    use service::accounts::email;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let input = EmailCodeInput { code: code.into(), ..EmailCodeInput::default() };
    let checked = form::check_same_user(made_for, &actor).and_then(|()| input.check());
    let outcome = form::and_then_async(checked, async |code| {
        email::verify_by_code(&ctx, &actor, &code).await
    })
    .await;
    let status = form::redirect_back_with("verify_email_code", EMAIL, (), outcome).await?;
    form::set_success_flag("verify_email_code", EMAIL).await?;
    Ok(status)
}

/// The form for the code.
#[component]
pub(super) fn CodeForm(
    /// The initial state of the form.
    start: Returned<()>,
    /// Verifies the address.
    action: ServerAction<VerifyEmailCode>,
) -> impl IntoView {
    let error: FormError = error_of(action, start.error);
    view! {
        <ErrorSummary error />
        <ActionForm action attr:class="section" attr:novalidate=true>
            <MadeFor />
            <Field
                id="code"
                label="Code"
                hint="Six digits, from the mail."
                inputmode="numeric"
                autocomplete="one-time-code"
                value=String::new()
                error
            />
            <Submit pending=action.pending() class="justify-self-start">"Verify address"</Submit>
        </ActionForm>
    }
}
