//! Sending an invitation.

use std::time::Duration;

use askama::Template;
use domain::{InvitationId, PublicError};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::link;
use crate::{
    Cause, Context, Result,
    accounts::find_by_email,
    entity::{competition, invitation, user},
    jobs::{BackgroundJob, Class, Disposition, Execution},
    mail::{
        delivery::{self, MAX_DELIVERIES, SEND_LIMIT},
        limits::{self, Topic},
        mailbox::{Draft, store_and_enqueue_in_bulk},
        smtp::Letter,
        templates::{RenderedMail, UserText},
        when_and_where::WhenAndWhere,
    },
    zones,
};

/// The dedup key of the message of an invitation: this, and its id.
const INVITATION: &str = "invitation:";

/// Send an invitation: as a message, if its address has an account, else by mail only. Without a
/// mail server the organizer hands the link on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendInvitation {
    /// Which one.
    pub invitation: InvitationId,
}

impl BackgroundJob for SendInvitation {
    const NAME: &'static str = "send_invitation";
    const CLASS: Class = Class::BulkMail;
    const PRIORITY: i16 = 16;
    const MAX_ATTEMPTS: i32 = MAX_DELIVERIES;
    const TIME_LIMIT: Duration = SEND_LIMIT;
    const ON_TIMEOUT: Disposition = Disposition::Attempt;

    /// Skips an invitation that was revoked or accepted, or is of no use any more, and those of a
    /// disabled account.
    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        let db = ctx.db.connection();
        let id = execution.payload().invitation;
        let Some(found) = invitation::Entity::find_by_id(id).one(db).await? else { return Ok(()) };
        let of = competition::Entity::find_by_id(found.competition_id)
            .find_also_related(user::Entity)
            .one(db)
            .await?;
        let Some((competition, Some(organizer))) = of else { return Ok(()) };
        let is_of_use = competition.cancelled_at.is_none()
            && !competition.visibility.is_draft()
            && competition.reg_deadline > ctx.now().utc();
        let is_withdrawn = found.accepted_at.is_some() || found.revoked_at.is_some();
        if is_withdrawn || !is_of_use || organizer.disabled_at.is_some() {
            return Ok(());
        }
        let mail = RenderedMail::of(&InvitationMail {
            title: UserText(&competition.title),
            organizer: UserText(&organizer.name),
            place: &WhenAndWhere { online_url: None, ..WhenAndWhere::from(&competition) },
            deadline: &zones::local(competition.reg_deadline.into(), &competition.time_zone),
            link: &link(ctx, competition.id, &found.code),
        });
        let account = find_by_email(db, &found.email).await?;
        match account {
            Some(account) if account.disabled_at.is_some() => Ok(()),
            Some(account) => store(ctx, &account, id, mail).await,
            None => send(ctx, execution, &found, &mail).await,
        }
    }
}

async fn store(
    ctx: &Context,
    account: &user::Model,
    id: InvitationId,
    mail: RenderedMail,
) -> Result<()> {
    let draft = Draft {
        user: account.id,
        recipient: account.email.clone(),
        mail,
        dedup_key: format!("{INVITATION}{id}"),
        cause: Cause::current(),
    };
    let tx = ctx.db.begin_read_committed().await?;
    store_and_enqueue_in_bulk(ctx, &*tx, vec![draft]).await?;
    tx.commit().await
}

/// Sends the mail to an address without an account.
async fn send(
    ctx: &Context,
    execution: &Execution<'_, SendInvitation>,
    invitation: &invitation::Model,
    mail: &RenderedMail,
) -> Result<()> {
    if ctx.mailer.is_none() {
        return Ok(());
    }
    let reserved = limits::reserve(ctx, Topic::Competitions, &invitation.email).await?;
    let Some(reservation) = reserved else {
        // There is no mailbox to find it in: it is mailed later.
        return Err(PublicError::rate_limited("Too many mails to this address", 3_600).into());
    };
    let letter = Letter {
        // A second mail of one invitation has the same Message-ID.
        id: invitation.id.0,
        to: &invitation.email,
        subject: &mail.subject,
        text: &mail.body,
        at: invitation.invited_at.into(),
    };
    let sent = delivery::send(ctx, execution, &letter).await;
    match sent {
        Ok(true) => reservation.keep(),
        _ => reservation.release().await,
    }
    sent.map(drop)
}

#[derive(Template)]
#[template(path = "mail/invitation.txt")]
struct InvitationMail<'a> {
    title: UserText<'a>,
    organizer: UserText<'a>,
    place: &'a WhenAndWhere,
    deadline: &'a str,
    link: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{templates::assert_preview, when_and_where};

    #[test]
    fn an_invitation_reads_as_its_preview() {
        let mail = RenderedMail::of(&InvitationMail {
            title: UserText("Code Sprint"),
            organizer: UserText("Ada Lovelace"),
            place: &WhenAndWhere { online_url: None, ..when_and_where::example() },
            deadline: "Sunday, 22 November 2026 at 13:00 (Europe/Berlin)",
            link: "https://site.example/competitions/7?code=6F1B0C2D9A8E7F604152",
        });
        assert_preview("invitation", &mail);
    }
}
