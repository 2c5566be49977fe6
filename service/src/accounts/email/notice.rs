//! The notice to the old address of an account, and examples of the mails of this module.

use askama::Template;
use domain::Email;
use sea_orm::ConnectionTrait;

use super::send::{EmailVerification, NewEmailVerification};
use crate::{
    Cause, Context, Result,
    entity::user,
    infrastructure::ids::new_id,
    mail::{
        dedup_keys::{ACCOUNT, EMAIL_CHANGED},
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

/// Another address is to replace that of an account.
#[derive(Template)]
#[template(path = "mail/email_change_requested.txt")]
struct EmailChangeRequested<'a> {
    name: UserText<'a>,
    new: &'a str,
    /// The page that asks for a reset link.
    forgot: &'a str,
}

/// Notifies the owner of a verified address that another one is to replace it.
pub(super) async fn store_request(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    user: &user::Model,
    new: &Email,
) -> Result<()> {
    if user.email_verified_at.is_none() || user.email_key == new.key() {
        return Ok(());
    }
    let mail = RenderedMail::of(&EmailChangeRequested {
        name: UserText(&user.name),
        new: new.as_str(),
        forgot: &ctx.page("/auth/forgot"),
    });
    let draft = draft(user, mail, format!("{ACCOUNT}email-change-requested:{}", new_id()));
    store_and_enqueue(ctx, tx, vec![draft]).await
}

/// Stores a notice, and mails it to the old address if its owner had verified it.
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
    let draft = draft(before, mail, format!("{EMAIL_CHANGED}{}", new_id()));
    match before.email_verified_at {
        Some(_) => store_and_enqueue(ctx, tx, vec![draft]).await,
        None => mailbox::store(tx, ctx.now(), vec![draft]).await.map(drop),
    }
}

fn draft(user: &user::Model, mail: RenderedMail, dedup_key: String) -> Draft {
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        mail,
        dedup_key,
        about: None,
        cause: Cause::current(),
    }
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    let name = example::NAME;
    let link = "https://site.example/auth/verify-email?token=0123456789abcdef";
    let code = "042 817";
    let requested = EmailChangeRequested {
        name,
        new: "grace@hopper.example",
        forgot: "https://site.example/auth/forgot",
    };
    let changed = EmailChanged {
        name,
        old: "grace@example.com",
        new: "grace@hopper.example",
        at: "Sun 29 Nov 2026, 16:10 (Asia/Tokyo, UTC+9)",
    };
    vec![
        Example::of("email_verification", &EmailVerification { link, code }),
        Example::of("email_verification_of_change", &NewEmailVerification { link, code }),
        Example::of("email_change_requested", &requested),
        Example::of("email_changed", &changed),
    ]
}
