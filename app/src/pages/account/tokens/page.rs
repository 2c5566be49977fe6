//! The page of the tokens.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    create::{CreateSection, CreateToken, TypedToken},
    list::TokenList,
    new_token::{NewToken, NewTokenText},
    row::TokenRow,
};
use crate::{
    components::{Head, Heading, Loaded},
    error::Failure,
    form::{Returned, reply_of},
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokensScreen {
    /// Newest first.
    pub tokens: Vec<TokenRow>,
    /// The token that was just created without JavaScript.
    pub new: Option<NewToken>,
    /// The initial state of the form.
    pub start: Returned<TypedToken>,
}

/// Loads the page; for users who are logged in.
#[server(prefix = "/fn", endpoint = "tokens")]
pub async fn load_tokens() -> Result<TokensScreen, Failure> {
    use super::HANDOVER;
    use crate::ssr::{clock::ViewerClock, form, request};
    use service::personal_tokens::{self, Handover};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let (session, clock) = (request::session()?, ViewerClock::of_request()?);
    let tokens = personal_tokens::list(&ctx, &actor).await?;
    let new = match session.take::<Handover>(HANDOVER).await? {
        Some(handover) => handover.finish(&ctx, &actor, &session).await?,
        None => None,
    };
    let row = |token| TokenRow::of(token, &clock, ctx.now());
    Ok(TokensScreen {
        tokens: tokens.into_iter().map(row).collect(),
        new: new.map(|(token, secret)| NewToken {
            token: row(token),
            text: secret.as_str().to_owned(),
        }),
        start: form::take_stored_form("create_token").await?,
    })
}

/// The tokens of the user.
#[component]
pub fn TokensPage() -> impl IntoView {
    let screen = Resource::new_blocking(|| (), |()| load_tokens());
    let create = ServerAction::<CreateToken>::new();
    view! {
        <Loaded from=screen let(screen)>
            <Content screen create />
        </Loaded>
    }
}

#[component]
fn Content(screen: TokensScreen, create: ServerAction<CreateToken>) -> impl IntoView {
    let TokensScreen { tokens, new: at_first, start } = screen;
    let tokens = RwSignal::new(tokens);
    let reply = reply_of(create);
    let new = Signal::derive(move || match reply.get() {
        None => at_first.clone(),
        Some(reply) => reply.ok().flatten(),
    });
    Effect::new(move || {
        let Some(Ok(Some(NewToken { token, .. }))) = reply.get() else { return };
        tokens.update(|tokens| {
            if tokens.iter().all(|listed| listed.id != token.id) {
                tokens.insert(0, token);
            }
        });
    });
    view! {
        <Head title="Personal access tokens" />
        <div class="form-page">
            <div class="grid gap-2">
                <Heading>"Personal access tokens"</Heading>
                <p>
                    "A script or an integration sends a token to the "
                    <a class="link" href="/api/docs/" rel="external">
                        "API"
                    </a>
                    " in place of your password. Keep it as secret as your password."
                </p>
            </div>
            <NewTokenText new />
            <TokenList tokens />
            <CreateSection start action=create />
            <p>
                <a class="link" href="/account">"Back to your account"</a>
            </p>
        </div>
    }
}
