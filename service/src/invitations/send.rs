//! Sending an invitation.

use std::{borrow::Cow, time::Duration};

use askama::Template;
use domain::{InvitationId, MailKind};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::link;
use crate::{
    Cause, Context, Result,
    accounts::find_by_email,
    entity::{competition, invitation, user},
    jobs::{BackgroundJob, Class, Disposition, Execution},
    mail::{
        dedup_keys::INVITATION,
        delivery::{
            self, MAX_DELIVERIES, SEND_LIMIT, Sent, is_unsubscribed, with_unsubscribe_note,
        },
        enclosures::{Enclosures, reply_to},
        example::{self, Example},
        limits::{self, Topic},
        mailbox::{About, Draft, store_and_enqueue_in_bulk},
        reader::Reader,
        smtp::Letter,
        templates::{RenderedMail, UserText},
        when_and_where::{Shown, WhenAndWhere},
    },
    zones,
};

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
        // The code is for the owner of the address, who need not be that of an account which has
        // not verified it.
        let account = find_by_email(db, &found.email).await?;
        let account = account.filter(|user| user.email_verified_at.is_some() || !ctx.sends_mail());
        let reader = account.as_ref().map(Reader::from);
        let place = WhenAndWhere { online_url: None, ..WhenAndWhere::from(&competition) };
        let deadline = competition.reg_deadline.into();
        let mail = RenderedMail::of(&InvitationMail {
            name: reader.map(|reader| reader.name),
            title: UserText(&competition.title),
            organizer: UserText(&organizer.name),
            place: place.shown_in(reader.and_then(|reader| reader.time_zone)),
            deadline: &zones::local_with_zone(deadline, &competition.time_zone),
            link: &link(ctx, competition.id, &found.code),
        });
        match account {
            Some(account) if account.disabled_at.is_some() => Ok(()),
            Some(account) => store(ctx, &account, &found, mail).await,
            None => {
                let reply_to = reply_to(ctx, &competition, &organizer);
                send(ctx, execution, &found, &mail, reply_to).await
            }
        }
    }
}

async fn store(
    ctx: &Context,
    account: &user::Model,
    invitation: &invitation::Model,
    mail: RenderedMail,
) -> Result<()> {
    let draft = Draft {
        user: account.id,
        recipient: account.email.clone(),
        mail,
        dedup_key: format!("{INVITATION}{}", invitation.id),
        about: Some(About {
            competition: invitation.competition_id,
            registration: None,
            calendar: None,
        }),
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
    reply_to: Option<String>,
) -> Result<()> {
    if ctx.mailer.is_none() {
        return Ok(());
    }
    let (address, kind) = (&*invitation.email, Some(MailKind::Invitations));
    if is_unsubscribed(ctx, invitation.id.0, address, kind).await? {
        return Ok(());
    }
    let reserved = limits::reserve(ctx, Topic::Competitions, &invitation.email).await?;
    let Some(reservation) = reserved else {
        // There is no mailbox to find it in: it is mailed later.
        return Err(limits::too_many_mails().into());
    };
    let text = Cow::Borrowed(&*mail.body);
    let (text, unsubscribe) = with_unsubscribe_note(ctx, text, address, kind).await?;
    let enclosures = Enclosures { reply_to, unsubscribe, event: None };
    let letter = Letter {
        // A second mail of one invitation has the same Message-ID.
        id: invitation.id.0,
        to: &invitation.email,
        subject: &mail.subject,
        text: &text,
        markdown: None,
        at: invitation.invited_at.into(),
        enclosures: &enclosures,
    };
    let sent = delivery::send(ctx, execution, &letter).await;
    match sent {
        Ok(Sent::Taken) => reservation.keep(),
        _ => reservation.release().await,
    }
    sent.map(drop)
}

#[derive(Template)]
#[template(path = "mail/invitation.txt")]
struct InvitationMail<'a> {
    /// `None` without an account.
    name: Option<UserText<'a>>,
    title: UserText<'a>,
    organizer: UserText<'a>,
    place: Shown<'a>,
    deadline: &'a str,
    link: &'a str,
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    let place = WhenAndWhere { online_url: None, ..example::place() };
    let mail = InvitationMail {
        name: None,
        title: example::TITLE,
        organizer: UserText("Ada Lovelace"),
        place: place.shown_in(None),
        deadline: "Sun 22 Nov 2026, 13:00 (Europe/Berlin, UTC+1)",
        link: "https://site.example/competitions/7?code=6F1B0C2D9A8E7F604152",
    };
    let with_account = InvitationMail {
        name: Some(example::NAME),
        place: place.shown_in(example::READER.time_zone),
        ..mail
    };
    vec![Example::of("invitation", &mail), Example::of("invitation.with_account", &with_account)]
}
