//! Requesting a link to set a new password.

use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use crate::{
    components::{ErrorSummary, Field, Head, Heading, Layout, Loaded, Submit},
    error::Failure,
    form::{Returned, error_of},
};

/// The text of a refused request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedEmail {
    /// The email.
    pub email: String,
}

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgotScreen {
    /// The initial state of the form.
    pub start: Returned<TypedEmail>,
    /// Whether the site can send a link.
    pub sends_mail: bool,
}

/// Loads the page.
#[server(prefix = "/fn", endpoint = "forgot")]
pub async fn load_forgot() -> Result<ForgotScreen, Failure> {
    use crate::ssr::{form, request};

    let start = form::take_stored_form("request_reset").await?;
    Ok(ForgotScreen { start, sends_mail: request::context()?.sends_mail() })
}

/// Requests a link, and leads to the same text whether or not the email has an account.
#[server(prefix = "/fn", endpoint = "request_reset")]
pub async fn request_reset(#[server(default)] email: String) -> Result<(), Failure> {
    use crate::ssr::{form, request};
    use domain::ResetRequestInput;

    let ctx = request::context()?;
    let typed = TypedEmail { email: email.clone() };
    let input = ResetRequestInput { email: email.into(), ..Default::default() };
    let outcome = form::and_then_async(input.check(), async |email| {
        service::password_reset::request(&ctx, email).await
    })
    .await;
    form::redirect_back_with("request_reset", "/auth/forgot", typed, outcome).await?;
    leptos_axum::redirect("/auth/forgot?sent=1");
    Ok(())
}

/// Requesting a link to set a new password.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let params = use_query_map();
    let sent = Memo::new(move |_| params.read().get("sent").is_some());
    let screen = Resource::new_blocking(move || sent.get(), |_| load_forgot());
    let request = ServerAction::<RequestReset>::new();
    view! {
        <Head title="Forgot your password?" />
        <Loaded layout=Layout::Form from=screen let(screen)>
            {if sent.get() {
                Either::Left(view! { <Sent sends_mail=screen.sends_mail /> })
            } else {
                Either::Right(view! { <ForgotForm screen request /> })
            }}
        </Loaded>
    }
}

#[component]
fn ForgotForm(screen: ForgotScreen, request: ServerAction<RequestReset>) -> impl IntoView {
    let Returned { typed, error } = screen.start;
    let error = error_of(request, error);
    view! {
        <div class="form-page">
            <Heading>"Forgot your password?"</Heading>
            <p>"Enter your email. We'll send you a link to set a new password."</p>
            <ErrorSummary error />
            <ActionForm action=request attr:class="section" attr:novalidate=true>
                <Field
                    id="email"
                    label="Email"
                    kind="email"
                    autocomplete="username"
                    value=typed.email
                    error
                />
                <Submit pending=request.pending() class="btn-block">"Send link"</Submit>
            </ActionForm>
            <p><a class="link" href="/auth/login">"Back to login"</a></p>
        </div>
    }
}

/// The text after a request. It does not depend on the email.
#[component]
fn Sent(sends_mail: bool) -> impl IntoView {
    let words = if sends_mail {
        "If there is an account with this email, you'll get a link shortly. It expires after an \
            hour. No message after a few minutes? Check your spam folder and the spelling of your \
            email."
    } else {
        "This site does not send email. Ask its administrator for a link to set a new password."
    };
    view! {
        <div class="form-page">
            <Heading>{if sends_mail { "Check your email" } else { "Ask for a link" }}</Heading>
            <p>{words}</p>
            <p><a class="link" href="/auth/forgot">"Try another email"</a></p>
            <p><a class="link" href="/auth/login">"Back to login"</a></p>
        </div>
    }
}
