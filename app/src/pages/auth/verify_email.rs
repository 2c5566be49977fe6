//! Verifying an email address with the link of a mail.

use leptos::{either::EitherOf3, prelude::*};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use crate::{
    components::{ErrorSummary, Head, Heading, Layout, Loaded, Submit},
    error::Failure,
    form::{Returned, error_of},
    viewer::CurrentViewer,
};

/// The keys in the session: of the key of a link, and of that of the link that was used last.
#[cfg(feature = "ssr")]
const KEY: &str = "verify_email";
#[cfg(feature = "ssr")]
const USED: &str = "verify_email_used";

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyEmailScreen {
    /// The address that the link verifies, and whether it replaces that of an account; `None` if
    /// the link has expired.
    pub found: Option<(String, bool)>,
    /// Whether a link was used in this session.
    pub is_used: bool,
    /// The initial state of the form.
    pub start: Returned<()>,
}

/// Loads the page. The link alone verifies nothing: programs that check mails follow it, too.
#[server(prefix = "/fn", endpoint = "verify_email_screen")]
pub async fn load_verify_email(
    #[server(default)] token: String,
) -> Result<VerifyEmailScreen, Failure> {
    use crate::ssr::{form, mailed_link, request};
    use service::accounts::email::{self, EmailLinkKey};

    let session = request::session()?;
    if !token.is_empty() {
        mailed_link::keep_key(KEY, EmailLinkKey::of(&token), "/auth/verify-email").await?;
    }
    let found = match session.get::<EmailLinkKey>(KEY).await? {
        Some(key) => email::find_link(&request::context()?, &key).await?,
        None => None,
    };
    Ok(VerifyEmailScreen {
        found: found.map(|link| (link.email, link.is_change)),
        is_used: session.get::<EmailLinkKey>(USED).await?.is_some(),
        start: form::take_stored_form("verify_email").await?,
    })
}

/// Verifies the address, with the key of the link in the session.
#[server(prefix = "/fn", endpoint = "verify_email")]
pub async fn verify_email() -> Result<(), Failure> {
    use crate::ssr::{form, request};
    use service::accounts::email::{self, EmailLinkKey};

    let (ctx, session) = (request::context()?, request::session()?);
    // Without one, the key of a link that was never issued.
    let key = session.get::<EmailLinkKey>(KEY).await?;
    let key = key.unwrap_or_else(|| EmailLinkKey::of(""));
    // The second click of a double click has done nothing wrong.
    if session.get::<EmailLinkKey>(USED).await?.as_ref() != Some(&key) {
        let outcome = email::verify_by_link(&ctx, &key).await;
        form::redirect_back_with("verify_email", "/auth/verify-email", (), outcome).await?;
        session.put(USED, key).await?;
    }
    leptos_axum::redirect("/auth/verify-email?done=1");
    Ok(())
}

/// Verifying an email address with the link of a mail.
#[component]
pub fn VerifyEmailPage() -> impl IntoView {
    let params = use_query_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    let done = Memo::new(move |_| params.read().get("done").is_some());
    let screen = Resource::new_blocking(
        move || (token.get(), done.get()),
        |(token, _)| load_verify_email(token),
    );
    let verify = ServerAction::<VerifyEmail>::new();
    // The note on other pages ends.
    expect_context::<CurrentViewer>().follow(verify.version());
    view! {
        <Head title="Verify your email address" noindex=true />
        <Loaded layout=Layout::Form from=screen let(screen)>
            {match screen.found {
                Some((email, is_change)) => {
                    EitherOf3::B(
                        view! { <VerifyForm email is_change error=screen.start.error verify /> },
                    )
                }
                None if done.get() && screen.is_used => EitherOf3::A(view! { <Verified /> }),
                None => EitherOf3::C(view! { <Expired /> }),
            }}
        </Loaded>
    }
}

#[component]
fn VerifyForm(
    email: String,
    /// Whether it replaces that of an account.
    is_change: bool,
    #[prop(optional_no_strip)] error: Option<domain::PublicError>,
    verify: ServerAction<VerifyEmail>,
) -> impl IntoView {
    let error = error_of(verify, error);
    view! {
        <div class="form-page">
            <Heading>"Verify your email address"</Heading>
            <p class="break-all">
                "Do you read the mail of " <strong>{email}</strong>
                {if is_change {
                    "? Then it replaces the address of your account."
                } else {
                    "? Then you get confirmations, changes and reminders there."
                }}
            </p>
            <ErrorSummary error />
            <ActionForm action=verify>
                <Submit pending=verify.pending() class="btn-block">"Verify address"</Submit>
            </ActionForm>
            <p class="text-muted">
                {if is_change {
                    "If you did not ask for this, close this page: the account of another person \
                     has been given your address."
                } else {
                    "If you did not sign up here, close this page: you get no other mail."
                }}
            </p>
        </div>
    }
}

#[component]
fn Verified() -> impl IntoView {
    view! {
        <div class="form-page">
            <Heading>"Your address is verified"</Heading>
            <p>"Messages are mailed to it from now on."</p>
            <p>
                <a class="btn btn-primary" href="/dashboard">"Go to your dashboard"</a>
            </p>
        </div>
    }
}

#[component]
fn Expired() -> impl IntoView {
    view! {
        <div class="form-page">
            <Heading>"This link has expired"</Heading>
            <p>
                "It was used before, is older than an hour, or a newer mail has replaced it. The \
                page of your account shows whether your address is verified."
            </p>
            <p>
                <a class="btn btn-primary" href="/account/email">"Show my address"</a>
            </p>
        </div>
    }
}
