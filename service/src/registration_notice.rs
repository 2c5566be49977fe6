//! Notifying participants of what they have done themselves, where no confirmation says it: they
//! have joined a waiting list, or have cancelled a registration.

use std::time::Duration;

use askama::Template;
use domain::{RegistrationId, RegistrationStatus, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Cause, Context, Result,
    calendar_file::CalendarMethod,
    entity::{competition, registration, user},
    jobs::{BackgroundJob, Class, Execution, NewJob},
    mail::{
        dedup_keys::{OWN_CANCELLATION, WAITLISTED},
        example::{self, Example},
        links::Links,
        mailbox::{About, Draft, store_and_enqueue, store_and_enqueue_in_bulk},
        reader::Reader,
        templates::{RenderedMail, UserText},
    },
    noticed_registrations::NoticedRegistrations,
};

/// The most changes of a job: as many as one transaction of admission decides on.
const MAX_ITEMS: usize = 128;

/// Notify participants of changes to their registrations that they have made, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyOfOwnChanges {
    /// Which changes: up to [`MAX_ITEMS`].
    pub changes: Vec<OwnChange>,
}

/// A change to a registration by its participant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnChange {
    /// The registration.
    pub registration: RegistrationId,
    /// What its participant has done.
    pub kind: OwnChangeKind,
    /// When: a later change of the registration has a notice of its own.
    pub at: Timestamp,
}

/// What a participant has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnChangeKind {
    /// They have registered, and have joined the waiting list.
    Waitlisted,
    /// They have given their seat up.
    SeatGivenUp,
    /// They have left the waiting list.
    LeftWaitingList,
    /// They no longer ask for approval.
    RequestWithdrawn,
}

impl OwnChange {
    /// The change that has left the registration as it is.
    pub(crate) fn of(row: &registration::Model, kind: OwnChangeKind) -> Self {
        let at = match kind {
            OwnChangeKind::Waitlisted => row.registered_at,
            OwnChangeKind::SeatGivenUp
            | OwnChangeKind::LeftWaitingList
            | OwnChangeKind::RequestWithdrawn => row.updated_at,
        };
        Self { registration: row.id, kind, at: at.into() }
    }
}

impl OwnChangeKind {
    /// What the cancellation of a registration with this status is.
    pub(crate) fn cancellation_of(status: RegistrationStatus) -> Self {
        match status {
            RegistrationStatus::Waitlisted => Self::LeftWaitingList,
            RegistrationStatus::AwaitingApproval => Self::RequestWithdrawn,
            _ => Self::SeatGivenUp,
        }
    }
}

impl NotifyOfOwnChanges {
    /// The jobs for the changes of a transaction.
    pub(crate) fn jobs(changes: &[OwnChange]) -> impl Iterator<Item = NewJob> {
        changes.chunks(MAX_ITEMS).map(|some| NewJob::from(Self { changes: some.to_vec() }))
    }
}

impl BackgroundJob for NotifyOfOwnChanges {
    const NAME: &'static str = "notify_of_own_changes";
    const CLASS: Class = Class::Background;
    const PRIORITY: i16 = 9;
    const TIME_LIMIT: Duration = Duration::from_secs(60);

    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        notify(ctx, &execution.payload().changes).await
    }
}

/// Skips a change that another one has replaced.
async fn notify(ctx: &Context, changes: &[OwnChange]) -> Result<()> {
    let tx = ctx.db.begin_read_committed().await?;
    let ids = changes.iter().map(|change| change.registration);
    let noticed = NoticedRegistrations::lock(&*tx, ids).await?;
    let drafts = changes.iter().filter_map(|change| {
        let (row, user, competition) = noticed.get(change.registration)?;
        is_current(change, row, competition).then(|| draft(ctx, change, row, user, competition))
    });
    let drafts: Vec<_> = drafts.collect();
    // One person waits for one notice; many are those of a rush.
    match drafts.len() {
        0 | 1 => store_and_enqueue(ctx, &*tx, drafts).await?,
        _ => store_and_enqueue_in_bulk(ctx, &*tx, drafts).await?,
    }
    tx.commit().await
}

/// Whether the registration is as the change has left it. Those on the waiting list of a
/// competition that was cancelled meanwhile are notified of that instead.
fn is_current(
    change: &OwnChange,
    row: &registration::Model,
    competition: &competition::Model,
) -> bool {
    let is_as_left = match change.kind {
        OwnChangeKind::Waitlisted => {
            row.status == RegistrationStatus::Waitlisted && competition.cancelled_at.is_none()
        }
        OwnChangeKind::SeatGivenUp
        | OwnChangeKind::LeftWaitingList
        | OwnChangeKind::RequestWithdrawn => row.status == RegistrationStatus::Cancelled,
    };
    is_as_left && OwnChange::of(row, change.kind) == *change
}

#[derive(Template)]
#[template(path = "mail/registration_notice.txt")]
struct RegistrationNotice<'a> {
    kind: OwnChangeKind,
    reader: Reader<'a>,
    title: UserText<'a>,
    links: &'a Links,
    registration: RegistrationId,
}

fn draft(
    ctx: &Context,
    change: &OwnChange,
    row: &registration::Model,
    user: &user::Model,
    competition: &competition::Model,
) -> Draft {
    let mail = RenderedMail::of(&RegistrationNotice {
        kind: change.kind,
        reader: user.into(),
        title: UserText(&competition.title),
        links: &Links::of(ctx, competition.id),
        registration: row.id,
    });
    let prefix = match change.kind {
        OwnChangeKind::Waitlisted => WAITLISTED,
        _ => OWN_CANCELLATION,
    };
    let calendar = (change.kind == OwnChangeKind::SeatGivenUp).then_some(CalendarMethod::Cancel);
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        mail,
        dedup_key: format!("{prefix}{}:{}", row.id, change.at),
        about: Some(About::registration(competition.id, row.id, calendar)),
        cause: Cause::current(),
    }
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    let links = example::links();
    let notice = |kind| RegistrationNotice {
        kind,
        reader: example::READER,
        title: example::TITLE,
        links: &links,
        registration: example::REGISTRATION,
    };
    vec![
        Example::of("registration_notice.waitlisted", &notice(OwnChangeKind::Waitlisted)),
        Example::of("registration_notice.cancelled", &notice(OwnChangeKind::SeatGivenUp)),
        Example::of("registration_notice.left_list", &notice(OwnChangeKind::LeftWaitingList)),
        Example::of("registration_notice.withdrawn", &notice(OwnChangeKind::RequestWithdrawn)),
    ]
}
