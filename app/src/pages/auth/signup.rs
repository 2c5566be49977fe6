//! Signing up.

use domain::Role;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use crate::{
    components::{
        BrowserZone, EmailSuggestion, ErrorSummary, Field, FieldError, Head, Heading, Layout,
        Loaded, PasswordField, RadioChoice, Submit,
    },
    error::Failure,
    form::{FormError, Returned, error_of},
    next,
};

/// The text of a refused sign-up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedSignup {
    /// The name.
    pub name: String,
    /// The email.
    pub email: String,
    /// The role.
    pub role: String,
}

/// Loads the initial state of the form. A user who is logged in is redirected to `next`, or to the
/// form that adds `role` to their account.
#[server(prefix = "/fn", endpoint = "signup")]
pub async fn load_signup(
    #[server(default)] next: String,
    #[server(default)] role: Option<String>,
) -> Result<Returned<TypedSignup>, Failure> {
    use crate::ssr::{
        form,
        request::{self, RequestKind},
        response,
    };

    let actor = request::actor()?;
    if let Some(user) = actor.try_user().filter(|_| request::kind() == RequestKind::Page) {
        let wanted = role.and_then(|role| role.parse().ok());
        // The link that asks to organize competitions leads to the first one.
        let next = match wanted {
            Some(Role::Organizer) if next.is_empty() => "/competitions/create",
            _ => next::local(&next),
        };
        match user.addable_role() {
            Some(role) if wanted == Some(role) => response::redirect_page(&next::add_role(next)),
            _ => response::redirect_page(next),
        }
    }
    form::take_stored_form("sign_up").await
}

/// Creates an account, logs in and leads to `next`.
#[server(prefix = "/fn", endpoint = "sign_up")]
pub async fn sign_up(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] role: String,
    #[server(default)] next: String,
    #[server(default)] time_zone: String,
) -> Result<(), Failure> {
    use crate::ssr::{form, request};
    use domain::SignupInput;

    let (ctx, from) = (request::context()?, request::client_address()?);
    let typed = TypedSignup { name: name.clone(), email: email.clone(), role: role.clone() };
    let signup = SignupInput {
        name: name.into(),
        email: email.into(),
        password: password.into(),
        role: role.into(),
        ..Default::default()
    };
    let outcome = form::and_then_async(signup.check(), async |signup| {
        service::accounts::sign_up(&ctx, signup, from).await
    })
    .await;
    let account =
        form::redirect_back_with("sign_up", &next::sign_up(&next), typed, outcome).await?;
    request::session()?.log_in(&account, &time_zone).await?;
    leptos_axum::redirect(next::local(&next));
    Ok(())
}

/// Signing up.
#[component]
pub fn SignupPage() -> impl IntoView {
    let params = use_query_map();
    let next = Memo::new(move |_| params.read().get("next").unwrap_or_default());
    let role = Memo::new(move |_| params.read().get("role"));
    let start = Resource::new_blocking(
        move || (next.get(), role.get()),
        |(next, role)| load_signup(next, role),
    );
    let sign_up = ServerAction::<SignUp>::new();
    view! {
        <Head title="Sign up" />
        <Loaded layout=Layout::Form from=start let(start)>
            <SignupForm start role=role.get() next=next.get() sign_up />
        </Loaded>
    }
}

#[component]
fn SignupForm(
    start: Returned<TypedSignup>,
    /// The role in the link that led here.
    #[prop(optional_no_strip)]
    role: Option<String>,
    next: String,
    sign_up: ServerAction<SignUp>,
) -> impl IntoView {
    let Returned { typed, error } = start;
    let error = error_of(sign_up, error);
    let role = if typed.role.is_empty() { role.unwrap_or_default() } else { typed.role };
    let log_in = next::login(&next);
    view! {
        <div class="form-page">
            <Heading>"Sign up"</Heading>
            <ErrorSummary error />
            <ActionForm action=sign_up attr:class="section" attr:novalidate=true>
                <BrowserZone />
                <input type="hidden" name="next" value=next />
                <RoleChoice chosen=role error />
                <Field
                    id="name"
                    label="Name"
                    hint="Shown to organizers and participants."
                    autocomplete="name"
                    value=typed.name
                    error
                />
                <EmailSuggestion>
                    <Field
                        id="email"
                        label="Email"
                        kind="email"
                        autocomplete="username"
                        value=typed.email
                        error
                    />
                </EmailSuggestion>
                <PasswordField
                    autocomplete="new-password"
                    hint="8 characters or more. A few words are easy to remember."
                    error
                />
                <Submit pending=sign_up.pending() class="btn-block">"Sign up"</Submit>
            </ActionForm>
            <p>"Already have an account? " <a class="link" href=log_in>"Log in"</a></p>
        </div>
    }
}

/// Participant or organizer; participant by default.
#[component]
fn RoleChoice(chosen: String, error: FormError) -> impl IntoView {
    let chosen = chosen.parse().unwrap_or(Role::Participant);
    let choice = |role: Role, id, title, text| {
        let checked = chosen == role;
        view! { <RadioChoice id name="role" value=role.as_str() checked title text /> }
    };
    view! {
        <fieldset class="grid gap-2" aria-describedby="role-error">
            <legend class="mb-2 font-semibold">"I'm here to"</legend>
            <FieldError id="role" error />
            // An error of the role links to the first choice.
            {choice(Role::Participant, "role", "Compete", "Find competitions and register.")}
            {choice(Role::Organizer, "role-organizer", "Organize", "Create competitions.")}
        </fieldset>
    }
}
