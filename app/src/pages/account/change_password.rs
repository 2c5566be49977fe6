//! Changing the password.

use leptos::{html::Form, prelude::*};

use crate::{
    components::{ErrorSummary, PasswordField, Submit, SuccessMessage},
    error::Failure,
    form::{Returned, error_of, success_of},
};

/// Changes the password. All other sessions of the account end; this one stays.
#[server(prefix = "/fn", endpoint = "change_password")]
pub async fn change_password(
    #[server(default)] current_password: String,
    #[server(default)] new_password: String,
) -> Result<(), Failure> {
    use crate::ssr::{form, request};
    use domain::PasswordChangeInput;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let from = request::client_address()?;
    let input = PasswordChangeInput {
        current_password: current_password.into(),
        new_password: new_password.into(),
        ..Default::default()
    };
    let outcome = form::and_then_async(input.check(), async |change| {
        service::accounts::change_password(&ctx, &actor, change, from).await
    })
    .await;
    let account = form::redirect_back_with("change_password", "/account", (), outcome).await?;
    request::session()?.renew_credentials(&account).await?;
    form::set_success_flag("change_password", "/account").await
}

/// The form that changes the password.
#[component]
pub(super) fn PasswordSection(
    /// The email of the account.
    email: String,
    /// The initial state of the form, and whether it has just succeeded.
    start: (Returned<()>, bool),
    /// Changes the password.
    action: ServerAction<ChangePassword>,
) -> impl IntoView {
    let (Returned { error, .. }, done) = start;
    let (error, done) = (error_of(action, error), success_of(action, done));
    let form = NodeRef::<Form>::new();
    Effect::new(move || {
        if done.get()
            && let Some(form) = form.get_untracked()
        {
            form.reset();
        }
    });
    view! {
        <section aria-labelledby="password-title" class="grid gap-4">
            <h2 id="password-title" class="subheading">"Password"</h2>
            <ErrorSummary error />
            <SuccessMessage
                shown=done
                message="Your password was changed. You've been logged out on other devices, and \
                    your personal access tokens are revoked."
            />
            <ActionForm action node_ref=form attr:class="section" attr:novalidate=true>
                // Password managers need the name of the account.
                <input type="text" autocomplete="username" value=email readonly hidden />
                <PasswordField
                    id="currentPassword"
                    name="current_password"
                    label="Current password"
                    autocomplete="current-password"
                    error
                />
                <PasswordField
                    id="newPassword"
                    name="new_password"
                    label="New password"
                    hint="8 characters or more. A few words are easy to remember."
                    autocomplete="new-password"
                    error
                />
                <Submit pending=action.pending() class="justify-self-start">
                    "Change password"
                </Submit>
            </ActionForm>
        </section>
    }
}
