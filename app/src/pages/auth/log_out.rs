//! Signing out, from the head of every page.

use leptos::prelude::*;

use crate::error::Failure;

/// Ends the browser's session.
#[server(prefix = "/fn", endpoint = "log_out")]
pub async fn log_out() -> Result<(), Failure> {
    crate::ssr::request::session()?.log_out().await?;
    leptos_axum::redirect("/");
    Ok(())
}
