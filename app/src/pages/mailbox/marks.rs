//! Marking messages as read and as unread.

use domain::MailId;
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

/// Marks a message as unread, and leads back to the list, because opening a message marks it as
/// read.
#[server(prefix = "/fn", endpoint = "mark_mail_unread")]
pub async fn mark_mail_unread(id: MailId) -> Result<(), Failure> {
    use super::address::MAILBOX;
    use crate::ssr::{flash, request};

    service::mail::mailbox::mark_unread(&request::context()?, &request::actor()?, id).await?;
    flash::set("Marked as unread").await;
    leptos_axum::redirect(MAILBOX);
    Ok(())
}
