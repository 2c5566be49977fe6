//! Revoking a token.

use domain::{PersonalTokenId, UserId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{
    TOKENS,
    row::{TokenDetails, TokenRow},
};
use crate::{
    components::{ErrorSummary, Head, Heading, Layout, Loaded, MadeFor, Submit, Toasts},
    error::Failure,
    form::{Returned, error_of},
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokeTokenScreen {
    /// The token.
    pub token: TokenRow,
    /// The initial state of the form.
    pub start: Returned<()>,
}

/// The token that may be revoked; for its owner.
#[server(prefix = "/fn", endpoint = "revoke_token_screen")]
pub async fn load_revoke_token(id: String) -> Result<RevokeTokenScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, form, request};
    use domain::{ErrorCode, PublicError};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    // Check the login before parsing the id, so that 401 wins over 404.
    actor.owner()?;
    let not_found = |_| PublicError::new(ErrorCode::PersonalTokenNotFound, "Token not found");
    let id = id.parse().map_err(not_found)?;
    let token = service::personal_tokens::get(&ctx, &actor, id).await?;
    let token = TokenRow::of(token, &clock, ctx.now());
    Ok(RevokeTokenScreen { token, start: form::take_stored_form("revoke_token").await? })
}

/// Revokes the token, and leads to the list.
#[server(prefix = "/fn", endpoint = "revoke_token")]
pub async fn revoke_token(
    id: PersonalTokenId,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::ssr::{flash, form, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        service::personal_tokens::revoke(&ctx, &actor, id).await
    })
    .await;
    let page = format!("{TOKENS}/{id}/revoke");
    form::redirect_back_with("revoke_token", &page, (), outcome).await?;
    flash::set("The token is revoked").await;
    leptos_axum::redirect(TOKENS);
    Ok(())
}

/// Asks before a token is revoked.
#[component]
pub fn RevokeTokenPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let screen = Resource::new_blocking(move || id.get(), load_revoke_token);
    let revoke = ServerAction::<RevokeToken>::new();
    Toasts::after(revoke);
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen revoke />
        </Loaded>
    }
}

#[component]
fn Content(screen: RevokeTokenScreen, revoke: ServerAction<RevokeToken>) -> impl IntoView {
    let RevokeTokenScreen { token, start } = screen;
    let error = error_of(revoke, start.error);
    let id = token.id.to_string();
    view! {
        <Head title="Revoke a token" />
        <div class="form-page">
            <Heading>"Revoke this token?"</Heading>
            <ErrorSummary error />
            <p>"The API rejects it from now on. This cannot be undone."</p>
            <div class="section">
                <TokenDetails token />
            </div>
            <ActionForm action=revoke attr:class="flex flex-wrap gap-3">
                <input type="hidden" name="id" value=id />
                <MadeFor />
                <Submit pending=revoke.pending() class="btn-danger">"Revoke token"</Submit>
                <a class="btn" href=TOKENS>"Keep token"</a>
            </ActionForm>
        </div>
    }
}
