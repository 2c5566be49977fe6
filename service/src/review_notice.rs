//! Notifying participants of what an organizer has decided on their registrations.
//!
//! A registration that was approved and has got a seat is confirmed instead.

use std::time::Duration;

use askama::Template;
use domain::{RegistrationEventKind as Kind, RegistrationId, RegistrationStatus};
use sea_orm::{EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Cause, Context, Result,
    calendar_file::CalendarMethod,
    entity::{competition, registration, registration_event, user},
    infrastructure::db::bulk::any_of,
    jobs::{BackgroundJob, Class, Execution, NewJob},
    mail::{
        dedup_keys::REVIEW,
        example::{self, Example},
        links::Links,
        mailbox::{About, Draft, store_and_enqueue_in_bulk},
        reader::Reader,
        templates::{RenderedMail, UserText},
    },
    noticed_registrations::NoticedRegistrations,
};

/// The most decisions of a job.
const MAX_ITEMS: usize = 128;

/// Notify the participants of decisions of their organizer, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyOfReviews {
    /// Which decisions: up to [`MAX_ITEMS`].
    pub events: Vec<Uuid>,
}

impl NotifyOfReviews {
    /// The jobs for the decisions of a transaction.
    pub(crate) fn jobs(events: &[Uuid]) -> impl Iterator<Item = NewJob> {
        events.chunks(MAX_ITEMS).map(|some| NewJob::from(Self { events: some.to_vec() }))
    }
}

impl BackgroundJob for NotifyOfReviews {
    const NAME: &'static str = "notify_of_reviews";
    const CLASS: Class = Class::Background;
    const PRIORITY: i16 = 9;
    const TIME_LIMIT: Duration = Duration::from_secs(60);

    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        notify(ctx, &execution.payload().events).await
    }
}

/// Skips a decision that another one has replaced, and a registration on the waiting list that has
/// got a seat meanwhile: their participants are notified of that instead.
async fn notify(ctx: &Context, events: &[Uuid]) -> Result<()> {
    let tx = ctx.db.begin_read_committed().await?;
    let these = any_of(&*tx, registration_event::Column::Id, events.iter().copied());
    let decisions = registration_event::Entity::find().filter(these).all(&*tx).await?;
    let reviewed = decisions.iter().map(|event| event.registration_id);
    let noticed = NoticedRegistrations::lock(&*tx, reviewed).await?;
    let drafts = decisions.iter().filter_map(|event| {
        let (row, user, competition) = noticed.get(event.registration_id)?;
        let result = result(event.kind, row.status, competition)?;
        let is_last = row.last_event_id == Some(event.id);
        is_last.then(|| draft(ctx, event, result, row, user, competition))
    });
    store_and_enqueue_in_bulk(ctx, &*tx, drafts.collect()).await?;
    tx.commit().await
}

/// The result of a review, as its notice says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReviewResult {
    /// It waited for approval, and was refused.
    Rejected,
    /// It has lost its seat, or was taken off the waiting list.
    Removed,
    /// It was approved, and has joined the waiting list.
    Waitlisted,
    /// The organizer has made it, and it has joined the waiting list.
    Added,
}

/// `None` when there is nothing to notify of: the registration has got a seat, or was cancelled, or
/// the competition was.
fn result(
    kind: Kind,
    status: RegistrationStatus,
    competition: &competition::Model,
) -> Option<ReviewResult> {
    let takes_place = competition.cancelled_at.is_none();
    match (kind, status) {
        (Kind::Rejected, RegistrationStatus::Rejected) => Some(ReviewResult::Rejected),
        (Kind::Removed, RegistrationStatus::Rejected) => Some(ReviewResult::Removed),
        (Kind::Approved, RegistrationStatus::Waitlisted) if takes_place => {
            Some(ReviewResult::Waitlisted)
        }
        (Kind::Added, RegistrationStatus::Waitlisted) if takes_place => Some(ReviewResult::Added),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "mail/review_notice.txt")]
struct ReviewNotice<'a> {
    result: ReviewResult,
    reader: Reader<'a>,
    title: UserText<'a>,
    reason: Option<UserText<'a>>,
    links: &'a Links,
    registration: RegistrationId,
}

fn draft(
    ctx: &Context,
    event: &registration_event::Model,
    result: ReviewResult,
    row: &registration::Model,
    user: &user::Model,
    competition: &competition::Model,
) -> Draft {
    let mail = RenderedMail::of(&ReviewNotice {
        result,
        reader: user.into(),
        title: UserText(&competition.title),
        reason: event.reason.as_deref().map(UserText),
        links: &Links::of(ctx, competition.id),
        registration: row.id,
    });
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        mail,
        dedup_key: format!("{REVIEW}{}", event.id),
        about: Some(About::registration(
            competition.id,
            row.id,
            (result == ReviewResult::Removed).then_some(CalendarMethod::Cancel),
        )),
        cause: Cause::current(),
    }
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    let links = example::links();
    let notice = |result, reason| ReviewNotice {
        result,
        reader: example::READER,
        title: example::TITLE,
        reason,
        links: &links,
        registration: example::REGISTRATION,
    };
    let reason = UserText("The competition is for students only");
    vec![
        Example::of("review_notice", &notice(ReviewResult::Rejected, Some(reason))),
        Example::of("review_notice.removed", &notice(ReviewResult::Removed, None)),
        Example::of("review_notice.waitlisted", &notice(ReviewResult::Waitlisted, None)),
        Example::of("review_notice.added", &notice(ReviewResult::Added, None)),
    ]
}
