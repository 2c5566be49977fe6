//! What the mail of a message has besides its text: where answers go, and an event for a calendar.

use std::collections::HashMap;

use domain::RegistrationId;
use icalendar::EventStatus;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryTrait, sea_query::Expr};

use super::{dedup_keys::REMINDER, templates::UserText};
use crate::{
    Context, Result,
    calendar_file::{CalendarMethod, Entry, MailedEvent, Occasion, Person},
    entity::{competition, mail, registration, user},
    infrastructure::db::bulk::any_of,
    summary::summary,
};

/// What a mail has besides its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Enclosures {
    /// The address that answers go to. Without it they go to the sender, which may read none.
    pub(crate) reply_to: Option<String>,
    pub(crate) event: Option<EventPart>,
    /// The page that ends mails like this one, for mails that participants do not count on.
    pub(crate) unsubscribe: Option<String>,
}

/// An event for a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventPart {
    pub(crate) method: CalendarMethod,
    /// The revision of the competition that it shows.
    pub(crate) revision: i32,
    /// The file.
    pub(crate) text: String,
}

/// The enclosures of a message from the address `sender`. The event is that of the time when it is
/// sent: a mail that was delayed never brings back an event that a later one has removed.
///
/// # Errors
/// When the database fails.
pub(crate) async fn of_message(
    ctx: &Context,
    mail: &mail::Model,
    sender: &str,
) -> Result<Enclosures> {
    let db = ctx.db.connection();
    let Some(competition) = mail.competition_id else { return Ok(Enclosures::default()) };
    let Some(competition) = competition::Entity::find_by_id(competition).one(db).await? else {
        return Ok(Enclosures::default());
    };
    let people = any_of(db, user::Column::Id, [competition.organizer_id, mail.user_id]);
    let people = user::Entity::find().filter(people).all(db).await?;
    let people: HashMap<_, _> = people.into_iter().map(|user| (user.id, user)).collect();
    let (Some(organizer), Some(reader)) =
        (people.get(&competition.organizer_id), people.get(&mail.user_id))
    else {
        return Ok(Enclosures::default());
    };
    let reply_to = reply_to(ctx, &competition, organizer);
    let without_event = Enclosures { reply_to, ..Enclosures::default() };
    let (Some(id), Some(method)) = (mail.registration_id, mail.calendar) else {
        return Ok(without_event);
    };
    let Some(row) = registration::Entity::find_by_id(id).one(db).await? else {
        return Ok(without_event);
    };
    let is_in_calendar = competition.cancelled_at.is_none()
        && competition.start_date.is_some()
        && row.status.holds_seat();
    let is_reminder = mail.dedup_key.starts_with(REMINDER);
    let is_enclosed = match method {
        // A reminder brings no event back that its reader has deleted.
        CalendarMethod::Request if is_reminder => {
            is_in_calendar && !was_sent(ctx, mail, id, Some(competition.revision)).await?
        }
        CalendarMethod::Request => is_in_calendar,
        CalendarMethod::Cancel => !is_in_calendar && was_sent(ctx, mail, id, None).await?,
    };
    let event =
        is_enclosed.then(|| event(ctx, method, competition, &row, (organizer, reader), sender));
    Ok(Enclosures { event, ..without_event })
}

/// Records that the mail was sent with its event. A failure of the database is only logged: the job
/// would send the mail again. Its event is not removed later then.
pub(crate) async fn record(ctx: &Context, mail: &mail::Model, event: &EventPart) {
    let recorded = mail::Entity::update_many()
        .col_expr(mail::Column::EventRevision, Expr::value(event.revision))
        .filter(mail::Column::Id.eq(mail.id))
        .exec(&*ctx.db.autocommit().await)
        .await;
    if let Err(error) = recorded {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, mail.id = %mail.id, "a sent event is not recorded");
    }
}

/// Where answers to mails about a competition go: the contact address that its organizer has given,
/// or the address of the account where those are public, if the organizer has verified it.
pub(crate) fn reply_to(
    ctx: &Context,
    competition: &competition::Model,
    organizer: &user::Model,
) -> Option<String> {
    let is_shown = ctx.public_organizer_email && organizer.email_verified_at.is_some();
    let of_account = Some(&organizer.email).filter(|_| is_shown);
    let address = competition.contact_email.as_ref().or(of_account);
    address.filter(|address| !address.is_empty()).cloned()
}

/// Whether the recipient was sent the event of the registration before, of any revision of the
/// competition or of this one.
async fn was_sent(
    ctx: &Context,
    mail: &mail::Model,
    registration: RegistrationId,
    revision: Option<i32>,
) -> Result<bool> {
    let sent = mail::Entity::find()
        // An index finds the messages of a user.
        .filter(mail::Column::UserId.eq(mail.user_id))
        .filter(mail::Column::RegistrationId.eq(registration))
        .filter(mail::Column::Calendar.eq(CalendarMethod::Request))
        .filter(mail::Column::EventRevision.is_not_null())
        .apply_if(revision, |sent, revision| sent.filter(mail::Column::EventRevision.eq(revision)));
    Ok(sent.count(ctx.db.connection()).await? > 0)
}

fn event(
    ctx: &Context,
    method: CalendarMethod,
    competition: competition::Model,
    row: &registration::Model,
    (organizer, reader): (&user::Model, &user::Model),
    sender: &str,
) -> EventPart {
    // A mail shows no web addresses of users, and neither does its event.
    let shown = |text: &str| UserText(text).to_string();
    let online_url = competition.online_url.clone().filter(|_| row.status.holds_seat());
    let changed_at = competition.updated_at.max(row.updated_at);
    let (sequence, revision) = (competition.sequence(), competition.revision);
    let mut competition = competition.into_view(Vec::new());
    let summary = shown(&summary(&competition));
    competition.title = shown(&competition.title);
    competition.venue_name = competition.venue_name.as_deref().map(shown);
    competition.venue_address = competition.venue_address.as_deref().map(shown);
    let entry = Entry {
        competition: &competition,
        summary: &summary,
        online_url: online_url.as_deref(),
        site: &ctx.page(""),
        now: ctx.now().utc(),
        sequence,
        changed_at,
        status: match method {
            CalendarMethod::Request => EventStatus::Confirmed,
            CalendarMethod::Cancel => EventStatus::Cancelled,
        },
        has_alarm: method == CalendarMethod::Request,
    };
    let event = MailedEvent {
        method,
        event: entry.event(&row.id.to_string(), Occasion::Start),
        organizer: Person { name: &shown(&organizer.name), address: sender },
        participant: Person { name: &shown(&reader.name), address: &reader.email },
    };
    EventPart { method, revision, text: event.file() }
}
