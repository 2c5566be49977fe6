//! Setting a new password with a link.

use leptos::{either::EitherOf3, prelude::*};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use crate::{
    components::{ErrorSummary, Head, Heading, Layout, Loaded, PasswordField, Submit},
    error::Failure,
    form::{Returned, error_of},
};

/// The key of the reset key in the session.
#[cfg(feature = "ssr")]
const KEY: &str = "reset";

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetScreen {
    /// The email of the account; `None` if the link has expired.
    pub email: Option<String>,
    /// The initial state of the form.
    pub start: Returned<()>,
}

/// Loads the page.
#[server(prefix = "/fn", endpoint = "reset")]
pub async fn load_reset(#[server(default)] token: String) -> Result<ResetScreen, Failure> {
    use crate::ssr::{form, mailed_link, request};
    use service::password_reset::{self, ResetKey};

    let session = request::session()?;
    if !token.is_empty() {
        mailed_link::keep_key(KEY, ResetKey::of(&token), "/auth/reset").await?;
    }
    let email = match session.get::<ResetKey>(KEY).await? {
        Some(key) => password_reset::email_of(&request::context()?, &key).await?,
        None => None,
    };
    Ok(ResetScreen { email, start: form::take_stored_form("reset_password").await? })
}

/// Sets the password, with the reset key of the session.
#[server(prefix = "/fn", endpoint = "reset_password")]
pub async fn reset_password(#[server(default)] password: String) -> Result<(), Failure> {
    use crate::ssr::{form, request};
    use domain::Password;
    use service::password_reset::{self, ResetKey};

    let (ctx, session) = (request::context()?, request::session()?);
    let from = request::client_address()?;
    // Without one, the key of a link that was never issued.
    let key = session.get::<ResetKey>(KEY).await?.unwrap_or_else(|| ResetKey::of(""));
    let checked = Password::check(password);
    let outcome = form::and_then_async(checked, async |password| {
        password_reset::confirm(&ctx, &key, password, from).await
    })
    .await;
    form::redirect_back_with("reset_password", "/auth/reset", (), outcome).await?;
    session.take::<ResetKey>(KEY).await?;
    leptos_axum::redirect("/auth/reset?done=1");
    Ok(())
}

/// Setting a new password with a link.
#[component]
pub fn ResetPage() -> impl IntoView {
    let params = use_query_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    let done = Memo::new(move |_| params.read().get("done").is_some());
    let screen =
        Resource::new_blocking(move || (token.get(), done.get()), |(token, _)| load_reset(token));
    let reset = ServerAction::<ResetPassword>::new();
    view! {
        <Head title="Set a new password" />
        <Loaded layout=Layout::Form from=screen let(screen)>
            {match screen.email {
                _ if done.get() => EitherOf3::A(view! { <Set /> }),
                Some(email) => {
                    EitherOf3::B(view! { <ResetForm email error=screen.start.error reset /> })
                }
                None => EitherOf3::C(view! { <Expired /> }),
            }}
        </Loaded>
    }
}

#[component]
fn ResetForm(
    email: String,
    #[prop(optional_no_strip)] error: Option<domain::PublicError>,
    reset: ServerAction<ResetPassword>,
) -> impl IntoView {
    let error = error_of(reset, error);
    view! {
        <div class="form-page">
            <Heading>"Set a new password"</Heading>
            <p class="break-all">"For the account of " <strong>{email.clone()}</strong> "."</p>
            <ErrorSummary error />
            <ActionForm action=reset attr:class="section" attr:novalidate=true>
                // Password managers need the name of the account.
                <input type="text" autocomplete="username" value=email readonly hidden />
                <PasswordField
                    label="New password"
                    autocomplete="new-password"
                    hint="8 characters or more. A few words are easy to remember."
                    error
                />
                <Submit pending=reset.pending() class="btn-block">"Set password"</Submit>
            </ActionForm>
        </div>
    }
}

#[component]
fn Set() -> impl IntoView {
    view! {
        <div class="form-page">
            <Heading>"Your password is set"</Heading>
            <p>"You've been logged out on all devices."</p>
            <p><a class="btn btn-primary" href="/auth/login">"Log in"</a></p>
        </div>
    }
}

#[component]
fn Expired() -> impl IntoView {
    view! {
        <div class="form-page">
            <Heading>"This link has expired"</Heading>
            <p>"It was used before, is older than an hour, or your password has been changed \
                since."</p>
            <p><a class="btn btn-primary" href="/auth/forgot">"Request a new link"</a></p>
        </div>
    }
}
