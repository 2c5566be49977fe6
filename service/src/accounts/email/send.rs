//! The mail that verifies an address.

use std::time::Duration;

use askama::Template;
use domain::{Email, EmailCode, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};

use super::{LIFETIME, TRIES, code_hash, pending};
use crate::{
    Context, Error, Result,
    entity::{email_verification, user},
    infrastructure::{db::retry, ids::new_id, secrets},
    jobs::{BackgroundJob, Class, Disposition, Execution, NewJob},
    mail::{
        delivery::{self, MAX_DELIVERIES, SEND_LIMIT, Sent},
        enclosures::Enclosures,
        limits::{self, Topic},
        refused_addresses,
        smtp::Letter,
        templates::RenderedMail,
    },
};

/// Send a link and a code to an address, which verify that its owner reads its mail, unless it is
/// verified already or the user has given another one since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendEmailVerification {
    /// Whose address.
    pub user_id: UserId,
    /// The address.
    pub email: String,
}

impl BackgroundJob for SendEmailVerification {
    const NAME: &'static str = "send_email_verification";
    const CLASS: Class = Class::AccountMail;
    const PRIORITY: i16 = 0;
    const MAX_ATTEMPTS: i32 = MAX_DELIVERIES;
    const TIME_LIMIT: Duration = SEND_LIMIT;
    const ON_TIMEOUT: Disposition = Disposition::Attempt;

    /// A run makes a new link and code: the next one does so again when the mail server refuses the
    /// mail for now.
    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        let Self { user_id, email } = execution.payload();
        let found = user::Entity::find_by_id(*user_id).one(ctx.db.connection()).await?;
        let Some(user) = found.filter(|user| user.disabled_at.is_none()) else { return Ok(()) };
        let email = Email::parse(email).map_err(Error::Corrupt)?;
        if !is_wanted(ctx.db.connection(), user.id, &email).await? {
            return Ok(());
        }
        let Some(reservation) =
            limits::reserve(ctx, Topic::EmailVerification, email.as_str()).await?
        else {
            // There is no other way to get it: it is mailed later.
            return Err(limits::too_many_mails().into());
        };
        let Some(secrets) = store(ctx, user.id, &email).await? else {
            reservation.release().await;
            return Ok(());
        };
        let mail = secrets.mail(ctx, &user, &email);
        let letter = Letter {
            id: new_id(),
            to: email.as_str(),
            subject: &mail.subject,
            text: &mail.body,
            markdown: None,
            at: ctx.now(),
            enclosures: &Enclosures::default(),
        };
        let sent = delivery::send(ctx, execution, &letter).await;
        match sent {
            Ok(Sent::Taken) => {
                reservation.keep();
                begin_hour(ctx, user.id, &secrets).await;
            }
            Ok(Sent::AddressRefused) => {
                reservation.release().await;
                refused_addresses::record(ctx, user.id, email.as_str(), true).await;
                record_refusal(ctx, user.id, &secrets).await?;
            }
            Ok(Sent::GivenUp) | Err(_) => reservation.release().await,
        }
        sent.map(drop)
    }
}

/// The job that sends the mail.
pub(super) fn job(user: UserId, email: &Email) -> NewJob {
    NewJob::from(SendEmailVerification { user_id: user, email: email.as_str().to_owned() })
}

/// The link and the code of one mail.
struct Secrets {
    token: String,
    code: EmailCode,
}

impl Secrets {
    fn link_hash(&self) -> String {
        secrets::hash(&self.token)
    }

    fn mail(&self, ctx: &Context, user: &user::Model, email: &Email) -> RenderedMail {
        let link = &ctx.page(&format!("/auth/verify-email?token={}", self.token));
        let (first, last) = self.code.as_str().split_at(3);
        let code = &*format!("{first} {last}");
        if user.email_key == email.key() {
            RenderedMail::of(&EmailVerification { link, code })
        } else {
            RenderedMail::of(&NewEmailVerification { link, code })
        }
    }
}

/// Stores a new link and code. `Ok(None)` if the user has given another address since.
async fn store(ctx: &Context, id: UserId, email: &Email) -> Result<Option<Secrets>> {
    let code = EmailCode::parse(&secrets::new_digits()).map_err(Error::Corrupt)?;
    let new = Secrets { token: secrets::new_secret(), code };
    let row = email_verification::Model {
        link_hash: Some(new.link_hash()),
        code_hash: Some(code_hash(id, &new.code)),
        tries_left: TRIES,
        expires_at: ctx.now().utc() + LIFETIME,
        ..pending::unwritten(ctx.now(), id, email)
    };
    let is_stored = retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        if !is_wanted(&*tx, id, email).await? {
            return Ok(false);
        }
        pending::store(&*tx, row.clone()).await?;
        tx.commit().await?;
        Ok(true)
    })
    .await?;
    Ok(is_stored.then_some(new))
}

/// Whether the address is still the one that the user is to verify. Without a pending one it is
/// that of the account: a change may have been given up, or the account deleted.
async fn is_wanted(tx: &impl ConnectionTrait, id: UserId, email: &Email) -> Result<bool> {
    let Some(user) = user::Entity::find_by_id(id).one(tx).await? else { return Ok(false) };
    let pending = email_verification::Entity::find_by_id(id).one(tx).await?;
    let wanted = pending.map_or_else(|| user.email_key.clone(), |pending| pending.email_key);
    let is_verified = wanted == user.email_key && user.email_verified_at.is_some();
    Ok(wanted == email.key() && !is_verified && !user.email.is_empty())
}

/// The hour begins when the mail is sent, because sending it may take minutes. A failure is only
/// logged: the job would send a second mail.
async fn begin_hour(ctx: &Context, id: UserId, secrets: &Secrets) {
    let begun = email_verification::Entity::update_many()
        .col_expr(email_verification::Column::ExpiresAt, Expr::value(ctx.now().utc() + LIFETIME))
        .filter(email_verification::Column::UserId.eq(id))
        .filter(email_verification::Column::LinkHash.eq(secrets.link_hash()))
        .exec(&*ctx.db.autocommit().await)
        .await;
    if let Err(error) = begun {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, user.id = %id, "the link and the code expire too early");
    }
}

/// Records that the address takes no mail, so that its page says so.
async fn record_refusal(ctx: &Context, id: UserId, secrets: &Secrets) -> Result<()> {
    email_verification::Entity::update_many()
        .col_expr(email_verification::Column::RefusedAt, Expr::value(ctx.now().utc()))
        .filter(email_verification::Column::UserId.eq(id))
        .filter(email_verification::Column::LinkHash.eq(secrets.link_hash()))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    Ok(())
}

/// A link and a code that verify the address of an account. They are sent by mail and kept out of
/// the mailbox. The mail has no name: anyone could send words of their own to anyone.
#[derive(Template)]
#[template(path = "mail/email_verification.txt")]
pub(super) struct EmailVerification<'a> {
    pub(super) link: &'a str,
    pub(super) code: &'a str,
}

/// The same for an address that replaces that of an account then.
#[derive(Template)]
#[template(path = "mail/email_verification_of_change.txt")]
pub(super) struct NewEmailVerification<'a> {
    pub(super) link: &'a str,
    pub(super) code: &'a str,
}
