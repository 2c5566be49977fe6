//! The mail that proves an address.

use std::time::Duration;

use askama::Template;
use domain::{Email, EmailCode, UserId};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};

use super::{LIFETIME, TRIES, code_hash, pending};
use crate::{
    Context, Error, Result,
    entity::{email_proof, user},
    infrastructure::{db::retry, ids::new_id, secrets},
    jobs::{BackgroundJob, Class, Disposition, Execution},
    mail::{
        delivery::{self, MAX_DELIVERIES, SEND_LIMIT},
        enclosures::Enclosures,
        limits::{self, Topic},
        smtp::Letter,
        templates::RenderedMail,
    },
};

/// Send a link and a code to an address, which prove that its owner reads its mail, unless it is
/// proved already or the user has given another one since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendEmailProof {
    /// Whose address.
    pub user_id: UserId,
    /// The address.
    pub email: String,
}

impl BackgroundJob for SendEmailProof {
    const NAME: &'static str = "send_email_proof";
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
        if user.email_key == email.key() && user.email_proved_at.is_some() {
            return Ok(());
        }
        let Some(reservation) = limits::reserve(ctx, Topic::EmailProof, email.as_str()).await?
        else {
            tracing::info!(user.id = %user.id, "hourly limit reached, no proof was mailed");
            return Ok(());
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
            at: ctx.now(),
            enclosures: &Enclosures::default(),
        };
        let sent = delivery::send(ctx, execution, &letter).await;
        match sent {
            Ok(true) => {
                reservation.keep();
                begin_hour(ctx, user.id, &secrets).await;
            }
            _ => reservation.release().await,
        }
        sent.map(drop)
    }
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
        let link = &ctx.page(&format!("/auth/confirm-email?token={}", self.token));
        let (first, last) = self.code.as_str().split_at(3);
        let code = &*format!("{first} {last}");
        if user.email_key == email.key() {
            RenderedMail::of(&EmailProof { link, code })
        } else {
            RenderedMail::of(&NewEmailProof { link, code, old: &user.email })
        }
    }
}

/// Stores a new link and code. `Ok(None)` if the user has given another address since.
async fn store(ctx: &Context, id: UserId, email: &Email) -> Result<Option<Secrets>> {
    let code = EmailCode::parse(&secrets::new_digits()).map_err(Error::Corrupt)?;
    let new = Secrets { token: secrets::new_secret(), code };
    let row = email_proof::Model {
        link_hash: Some(new.link_hash()),
        code_hash: Some(code_hash(id, &new.code)),
        tries_left: TRIES,
        ..pending::unwritten(ctx.now(), id, email)
    };
    let is_stored = retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        let other = email_proof::Entity::find_by_id(id)
            .filter(email_proof::Column::EmailKey.ne(email.key()))
            .filter(email_proof::Column::ExpiresAt.gt(ctx.now().utc()))
            .one(&*tx)
            .await?;
        if other.is_some() {
            return Ok(false);
        }
        pending::store(&*tx, row.clone()).await?;
        tx.commit().await?;
        Ok(true)
    })
    .await?;
    Ok(is_stored.then_some(new))
}

/// The hour begins when the mail is sent, because sending it may take minutes. A failure is only
/// logged: the job would send a second mail.
async fn begin_hour(ctx: &Context, id: UserId, secrets: &Secrets) {
    let begun = email_proof::Entity::update_many()
        .col_expr(email_proof::Column::ExpiresAt, Expr::value(ctx.now().utc() + LIFETIME))
        .filter(
            email_proof::Column::UserId
                .eq(id)
                .and(email_proof::Column::LinkHash.eq(secrets.link_hash())),
        )
        .exec(&*ctx.db.autocommit().await)
        .await;
    if let Err(error) = begun {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, user.id = %id, "the link and the code expire too early");
    }
}

/// A link and a code that prove the address of an account. They are sent by mail and kept out of
/// the mailbox. The mail has no name: anyone could send words of their own to anyone.
#[derive(Template)]
#[template(path = "mail/email_proof.txt")]
pub(super) struct EmailProof<'a> {
    pub(super) link: &'a str,
    pub(super) code: &'a str,
}

/// The same for an address that replaces `old` then.
#[derive(Template)]
#[template(path = "mail/email_proof_of_change.txt")]
pub(super) struct NewEmailProof<'a> {
    pub(super) link: &'a str,
    pub(super) code: &'a str,
    pub(super) old: &'a str,
}
