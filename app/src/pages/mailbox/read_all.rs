//! Marking every message as read.

use leptos::prelude::*;

use crate::error::Failure;

/// Marks every message as read.
#[server(prefix = "/fn", endpoint = "read_all_mail")]
pub async fn read_all_mail() -> Result<(), Failure> {
    use super::address::MAILBOX;
    use crate::ssr::{flash, request, response};

    let read =
        service::mail::mailbox::mark_all_read(&request::context()?, &request::actor()?).await?;
    let messages = if read == 1 { "message" } else { "messages" };
    flash::set(format!("{} {messages} marked as read", domain::grouped(read))).await;
    response::redirect_form(MAILBOX);
    Ok(())
}
