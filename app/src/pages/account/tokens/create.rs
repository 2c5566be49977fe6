//! Creating a token.

use domain::UserId;
use leptos::{html::Form, prelude::*};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::TOKENS;
use super::new_token::NewToken;
use crate::{
    components::{ErrorSummary, Field, MadeFor, SelectField, Submit},
    error::Failure,
    form::{Returned, error_of, success_of},
};

/// The lifetimes that the form offers, in days; empty for a token that never expires.
const LIFETIMES: [(&str, &str); 5] =
    [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "365 days"), ("", "Never")];

/// The text of a refused form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedToken {
    /// The name.
    pub name: String,
    /// `read` or `write`.
    pub scope: String,
    /// Days until it expires; empty if it never does.
    pub expires_in_days: String,
}

impl Default for TypedToken {
    fn default() -> Self {
        let [_, (days, _), ..] = LIFETIMES;
        Self { name: String::new(), scope: "read".to_owned(), expires_in_days: days.to_owned() }
    }
}

/// Creates a token. Our code in the browser shows it; without JavaScript the page does, to which
/// the browser is redirected.
#[server(prefix = "/fn", endpoint = "create_token")]
pub async fn create_token(
    #[server(default)] name: String,
    #[server(default)] scope: String,
    #[server(default)] expires_in_days: String,
    #[server(default)] made_for: Option<UserId>,
) -> Result<Option<NewToken>, Failure> {
    use super::{HANDOVER, row::TokenRow};
    use crate::ssr::{
        clock::ViewerClock,
        form,
        request::{self, RequestKind},
        response,
    };
    use domain::{PersonalTokenInput, Raw};
    use service::personal_tokens::{self, Handover, TokenSecret};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let (session, clock) = (request::session()?, ViewerClock::of_request()?);
    // Check the login before the input, so that 401 wins over 400.
    actor.owner()?;
    let typed = TypedToken { name, scope, expires_in_days };
    let days = match typed.expires_in_days.trim() {
        "" => Raw::Missing,
        days => days.parse().map_or(Raw::WrongType, Raw::Given),
    };
    let input = PersonalTokenInput {
        name: typed.name.clone().into(),
        scope: typed.scope.clone().into(),
        expires_in_days: days,
        ..Default::default()
    };
    let handover = match request::kind() {
        RequestKind::Form => Some(Handover::begin(&session)?),
        RequestKind::Fetch | RequestKind::Page => None,
    };
    let secret = match &handover {
        Some((_, secret)) => secret.clone(),
        None => TokenSecret::random(),
    };
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        personal_tokens::create(&ctx, &actor, input, &secret).await
    })
    .await;
    let token = form::redirect_back_with("create_token", TOKENS, typed, outcome).await?;
    if let Some((handover, _)) = handover {
        session.put(HANDOVER, handover).await?;
        response::redirect_form(TOKENS);
        return Ok(None);
    }
    let token = TokenRow::of(token, &clock, ctx.now());
    Ok(Some(NewToken { token, text: secret.as_str().to_owned() }))
}

/// The form that creates a token.
#[component]
pub(super) fn CreateSection(
    /// The initial state of the form.
    start: Returned<TypedToken>,
    /// Creates a token.
    action: ServerAction<CreateToken>,
) -> impl IntoView {
    let Returned { typed, error } = start;
    let error = error_of(action, error);
    let done = success_of(action, false);
    let form = NodeRef::<Form>::new();
    Effect::new(move || {
        action.version().track();
        if done.get()
            && let Some(form) = form.get_untracked()
        {
            form.reset();
        }
    });
    let TypedToken { name, scope, expires_in_days } = typed;
    let option = |(value, label): (&'static str, &'static str), chosen: &str| {
        view! { <option value=value selected=value == chosen>{label}</option> }
    };
    let scopes =
        [("read", "Read: see what you can see"), ("write", "Read and write: also change it")];
    let scopes: Vec<_> = scopes.into_iter().map(|choice| option(choice, &scope)).collect();
    let lifetimes: Vec<_> =
        LIFETIMES.into_iter().map(|choice| option(choice, &expires_in_days)).collect();
    view! {
        <section aria-labelledby="create-title" class="grid gap-4">
            <h2 id="create-title" class="subheading">"Create a token"</h2>
            <ErrorSummary error />
            <ActionForm action node_ref=form attr:class="section" attr:novalidate=true>
                <MadeFor />
                <Field
                    id="name"
                    label="Name"
                    hint="Such as the script that uses it."
                    value=name
                    error
                />
                <SelectField id="scope" name="scope" label="Scope" error>
                    {scopes}
                </SelectField>
                <SelectField
                    id="expiresInDays"
                    name="expires_in_days"
                    label="Expires after"
                    error
                >
                    {lifetimes}
                </SelectField>
                <Submit pending=action.pending() class="justify-self-start">
                    "Create token"
                </Submit>
            </ActionForm>
        </section>
    }
}
