//! The notice to the old address of an account, and examples of the mails of this module.

use askama::Template;
use domain::Email;
use sea_orm::ConnectionTrait;

use super::send::{EmailProof, NewEmailProof};
use crate::{
    Cause, Context, Result,
    entity::user,
    infrastructure::ids::new_id,
    mail::{
        dedup_keys::EMAIL_CHANGED,
        example::{self, Example},
        mailbox::{self, Draft, store_and_enqueue},
        reader::Reader,
        templates::{RenderedMail, UserText},
    },
};

/// The address of an account was changed.
#[derive(Template)]
#[template(path = "mail/email_changed.txt")]
struct EmailChanged<'a> {
    name: UserText<'a>,
    old: &'a str,
    new: &'a str,
    at: &'a str,
}

/// Stores a notice, and mails it to the old address if its owner had proved it.
pub(super) async fn store(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    before: &user::Model,
    new: &Email,
) -> Result<()> {
    let mail = RenderedMail::of(&EmailChanged {
        name: UserText(&before.name),
        old: &before.email,
        new: new.as_str(),
        at: &Reader::from(before).time(ctx.now()),
    });
    let draft = Draft {
        user: before.id,
        recipient: before.email.clone(),
        mail,
        dedup_key: format!("{EMAIL_CHANGED}{}", new_id()),
        about: None,
        cause: Cause::current(),
    };
    match before.email_proved_at {
        Some(_) => store_and_enqueue(ctx, tx, vec![draft]).await,
        None => mailbox::store(tx, ctx.now(), vec![draft]).await.map(drop),
    }
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    let name = example::NAME;
    let link = "https://site.example/auth/confirm-email?token=0123456789abcdef";
    let (code, old) = ("042 817", "grace@example.com");
    let changed = EmailChanged {
        name,
        old,
        new: "grace@hopper.example",
        at: "Sun 29 Nov 2026, 16:10 (Asia/Tokyo, UTC+9)",
    };
    vec![
        Example::of("email_proof", &EmailProof { link, code }),
        Example::of("email_proof_of_change", &NewEmailProof { link, code, old }),
        Example::of("email_changed", &changed),
    ]
}
