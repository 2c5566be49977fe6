//! Logging in.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use crate::{
    components::{
        BrowserZone, ErrorSummary, Field, Head, Heading, Layout, Loaded, PasswordField, Submit,
    },
    error::Failure,
    form::{Returned, error_of},
    next,
};

/// The text of a refused login.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedLogin {
    /// The email.
    pub email: String,
}

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginScreen {
    /// The initial state of the form.
    pub start: Returned<TypedLogin>,
    /// The password of the demo accounts, in development only.
    pub demo_password: Option<String>,
}

/// Loads the page. A user who is logged in is redirected to `next`.
#[server(prefix = "/fn", endpoint = "login")]
pub async fn load_login(#[server(default)] next: String) -> Result<LoginScreen, Failure> {
    use crate::ssr::{
        form,
        request::{self, RequestKind},
        response,
    };

    if request::actor()?.try_user().is_some() && request::kind() == RequestKind::Page {
        response::redirect_page(next::local(&next));
    }
    let start = form::take_stored_form("log_in").await?;
    let demo = request::context()?.is_development();
    Ok(LoginScreen { start, demo_password: demo.then(|| service::demo::PASSWORD.into()) })
}

/// Logs in and leads to `next`.
#[server(prefix = "/fn", endpoint = "log_in")]
pub async fn log_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
    #[server(default)] time_zone: String,
) -> Result<(), Failure> {
    use crate::ssr::{form, request};
    use domain::LoginInput;

    let (ctx, from) = (request::context()?, request::client_address()?);
    let typed = TypedLogin { email: email.clone() };
    let login =
        LoginInput { email: email.into(), password: password.into(), ..Default::default() }.check();
    let outcome = form::and_then_async(login, async |login| {
        service::accounts::log_in(&ctx, login, from).await
    })
    .await;
    let account = form::redirect_back_with("log_in", &next::login(&next), typed, outcome).await?;
    request::session()?.log_in(&account, &time_zone).await?;
    leptos_axum::redirect(next::local(&next));
    Ok(())
}

/// Logging in.
#[component]
pub fn LoginPage() -> impl IntoView {
    let params = use_query_map();
    let next = Memo::new(move |_| params.read().get("next").unwrap_or_default());
    let screen = Resource::new_blocking(move || next.get(), load_login);
    let log_in = ServerAction::<LogIn>::new();
    view! {
        <Head title="Log in" />
        <Loaded layout=Layout::Form from=screen let(screen)>
            <LoginForm screen next=next.get() log_in />
        </Loaded>
    }
}

#[component]
fn LoginForm(screen: LoginScreen, next: String, log_in: ServerAction<LogIn>) -> impl IntoView {
    let Returned { typed, error } = screen.start;
    let error = error_of(log_in, error);
    let sign_up = next::sign_up(&next);
    view! {
        <div class="form-page">
            <Heading>"Log in"</Heading>
            <ErrorSummary error />
            <ActionForm action=log_in attr:class="section" attr:novalidate=true>
                <BrowserZone />
                <input type="hidden" name="next" value=next />
                <Field
                    id="email"
                    label="Email"
                    kind="email"
                    autocomplete="username"
                    value=typed.email
                    error
                />
                <PasswordField autocomplete="current-password" error />
                <Submit pending=log_in.pending() class="btn-block">"Log in"</Submit>
            </ActionForm>
            <p><a class="link" href="/auth/forgot">"Forgot your password?"</a></p>
            <p>"New here? " <a class="link" href=sign_up>"Sign up"</a></p>
            {screen.demo_password.map(|password| view! { <DemoLogins password /> })}
        </div>
    }
}

/// The accounts of the demo data.
#[component]
fn DemoLogins(password: String) -> impl IntoView {
    view! {
        <section aria-labelledby="demo" class="band">
            <div class="grid gap-2">
                <h2 id="demo" class="font-semibold">"Demo logins"</h2>
                <ul class="grid gap-1 text-sm break-all">
                    <li>"organizer1@minicompete.com (and 2)"</li>
                    <li>"participant1@minicompete.com (up to 5)"</li>
                </ul>
                <p class="text-sm">
                    "The password of all is " <code>{password}</code> ". Shown in development only."
                </p>
            </div>
        </section>
    }
}
