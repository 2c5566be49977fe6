//! Logging out of other browsers.

use domain::{BrowserSessionId, UserId};
use leptos::prelude::*;

use crate::error::Failure;

/// Logs another browser of the user out.
#[server(prefix = "/fn", endpoint = "log_out_session")]
pub async fn log_out_session(
    id: BrowserSessionId,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use super::SESSIONS;
    use crate::ssr::{flash, form, request, response};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        service::sessions::log_out(&ctx, &actor, id).await
    })
    .await;
    form::redirect_back_with("log_out_session", SESSIONS, (), outcome).await?;
    flash::set("That browser is logged out").await;
    response::redirect_form(SESSIONS);
    Ok(())
}

/// Logs all other browsers and programs of the user out.
#[server(prefix = "/fn", endpoint = "log_out_others")]
pub async fn log_out_others(#[server(default)] made_for: Option<UserId>) -> Result<(), Failure> {
    use super::SESSIONS;
    use crate::ssr::{flash, form, request, response};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        service::sessions::log_out_others(&ctx, &actor).await
    })
    .await;
    let account = form::redirect_back_with("log_out_session", SESSIONS, (), outcome).await?;
    request::session()?.outlive_others(&account).await?;
    flash::set("All others are logged out").await;
    response::redirect_form(SESSIONS);
    Ok(())
}
