//! The text of a message, as the mailbox on the site shows it.

use domain::Mail;
use sea_orm::EntityTrait;

use super::{
    markdown_part::{MarkdownPart, markdown_of},
    spans::{LinkedText, linked_text},
};
use crate::{Context, Result, entity::mail};

/// The text of a message: plain, or with what an organizer has written in its middle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownText {
    /// What comes first: everything, if there is no Markdown.
    pub before: LinkedText,
    /// Safe HTML.
    pub html: Option<String>,
    /// What follows the HTML.
    pub after: LinkedText,
    /// Whether its reader has deleted the message.
    pub is_deleted: bool,
}

/// The text of a message that its reader has opened.
///
/// # Errors
/// When the database fails.
pub async fn shown_text(ctx: &Context, mail: &Mail) -> Result<ShownText> {
    let db = ctx.db.connection();
    let row = mail::Entity::find_by_id(mail.id).one(db).await?;
    let is_deleted = row.as_ref().is_some_and(|row| row.deleted_at.is_some());
    let markdown = match row {
        Some(row) => markdown_of(db, &row.dedup_key).await?,
        None => None,
    };
    Ok(match markdown.and_then(|markdown| MarkdownPart::of(&mail.body, &markdown)) {
        Some(MarkdownPart { before, html, after }) => ShownText {
            before: linked_text(ctx, before),
            html: Some(html),
            after: linked_text(ctx, after),
            is_deleted,
        },
        None => ShownText {
            before: linked_text(ctx, &mail.body),
            html: None,
            after: Vec::new(),
            is_deleted,
        },
    })
}
