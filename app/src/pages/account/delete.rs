//! Deleting the account.

use leptos::prelude::*;

use crate::{
    components::{ErrorSummary, Field, PasswordField, Submit},
    error::Failure,
    form::{Returned, problem_of},
};

/// Deletes the account, and leads to where everybody begins.
#[server(prefix = "/fn", endpoint = "delete_account")]
pub async fn delete_account(
    #[server(default)] password: String,
    #[server(default)] confirmation: String,
) -> Result<(), Failure> {
    use crate::ssr::{flash, form, request};
    use domain::AccountDeletionInput;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let from = request::client_address()?;
    // Nobody who is signed in: nothing that was typed matters.
    actor.user()?;
    let input = AccountDeletionInput { password: password.into(), ..Default::default() };
    let outcome = form::after(input.check_confirmed(&confirmation), async |password| {
        service::accounts::delete(&ctx, &actor, password, from).await
    })
    .await;
    form::settle("delete_account", "/account", (), outcome).await?;
    request::session()?.log_out().await?;
    flash::set("Your account is deleted").await;
    leptos_axum::redirect("/");
    Ok(())
}

/// The form that deletes the account.
#[component]
pub(super) fn DeletionSection(
    /// What it starts with.
    start: Returned<()>,
    /// Deletes it.
    action: ServerAction<DeleteAccount>,
) -> impl IntoView {
    let problem = problem_of(action, start.problem);
    view! {
        <section aria-labelledby="deletion-title" class="grid gap-4">
            <h2 id="deletion-title" class="subheading">"Delete account"</h2>
            <p>
                "Your places in what has not started are free for others at once. Your name, your address and your messages are deleted; nobody can bring them back."
            </p>
            <ErrorSummary problem />
            <ActionForm action attr:class="section" attr:novalidate=true>
                <PasswordField autocomplete="current-password" problem />
                <Field
                    id="confirmation"
                    label="Type the word delete"
                    hint="So that nothing is deleted by a slip."
                    value=""
                    problem
                />
                <Submit pending=action.pending() class="btn-danger justify-self-start">
                    "Delete my account"
                </Submit>
            </ActionForm>
        </section>
    }
}
