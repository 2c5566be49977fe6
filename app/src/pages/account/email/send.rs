//! Asking for another mail with a link and a code.

use domain::{EmailStatus, UserId};
use leptos::prelude::*;

use crate::{
    components::{ErrorSummary, MadeFor, SuccessMessage},
    error::Failure,
    form::{Returned, error_of, success_of},
};

/// Sends a new mail to the address that the user is to verify.
#[server(prefix = "/fn", endpoint = "send_email_verification")]
pub async fn send_email_verification(
    #[server(default)] made_for: Option<UserId>,
) -> Result<EmailStatus, Failure> {
    use super::EMAIL;
    use crate::ssr::{form, request};
    use service::accounts::email;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        email::request(&ctx, &actor).await
    })
    .await;
    let status = form::redirect_back_with("send_email_verification", EMAIL, (), outcome).await?;
    form::set_success_flag("send_email_verification", EMAIL).await?;
    Ok(status)
}

/// The form that asks for another mail.
#[component]
pub(super) fn SendForm(
    /// The initial state of the form, and whether it has just succeeded.
    start: (Returned<()>, bool),
    /// Whether no mail was sent before.
    is_first: bool,
    /// Sends the mail.
    action: ServerAction<SendEmailVerification>,
) -> impl IntoView {
    let (Returned { error, .. }, done) = start;
    let (error, done) = (error_of(action, error), success_of(action, done));
    view! {
        <ErrorSummary error />
        <SuccessMessage
            shown=done
            message="A mail is on its way. Look into your spam folder, too."
        />
        <ActionForm action>
            <MadeFor />
            <button class="btn" aria-busy=move || action.pending().get().then_some("true")>
                {if is_first { "Send the mail" } else { "Send another mail" }}
            </button>
        </ActionForm>
    }
}
