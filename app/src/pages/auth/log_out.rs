//! Logging out.

use leptos::prelude::*;

use crate::error::Failure;

/// Ends the session of the browser.
#[server(prefix = "/fn", endpoint = "log_out")]
pub async fn log_out() -> Result<(), Failure> {
    crate::ssr::request::session()?.log_out().await?;
    leptos_axum::redirect("/");
    Ok(())
}
