//! Confirming registrations: the mail and the status change, in one transaction.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use askama::Template;
use domain::{CompetitionId, EventType, RegistrationId, RegistrationStatus, Timestamp, UserId};
use sea_orm::{ColumnTrait, DerivePartialModel, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};

use crate::{
    Cause, Context, Result,
    cancellation_notice::takes_place,
    entity::{competition, registration, user},
    infrastructure::db::{
        bulk::{any_of, update_returning},
        retry,
    },
    jobs::{self, BackgroundJob, Claim, Class, Execution, NewJob},
    mail::{
        limits::{APPROVAL, CONFIRMATION},
        mailbox::{Draft, store_and_enqueue},
        templates::{RenderedMail, UserText},
        when_and_where::WhenAndWhere,
    },
    webhooks::{Event, PublishEvents},
};

/// The most registrations of a job: as many as one transaction of admission decides on. One that
/// adds many seats gives them to more on the waiting list.
const MAX_ITEMS: usize = 128;

/// Mail the confirmations of registrations that were made in one transaction, and turn them
/// CONFIRMED.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmRegistrations {
    /// Which registrations: up to [`MAX_ITEMS`].
    pub registrations: Vec<ToConfirm>,
}

/// A registration to confirm, and the request that has made it or has freed its seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToConfirm {
    id: RegistrationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
    #[serde(default, skip_serializing_if = "SeatFrom::is_registering")]
    seat_from: SeatFrom,
}

/// How a registration has got its seat. Its confirmation says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatFrom {
    /// By registering.
    #[default]
    Registering,
    /// It was the first on the waiting list when a seat became free.
    WaitingList,
    /// The organizer has approved it.
    Approval,
    /// The organizer has given it a seat ahead of the waiting list, or has made it.
    Organizer,
}

impl SeatFrom {
    fn is_registering(&self) -> bool {
        *self == Self::Registering
    }
}

impl ToConfirm {
    /// A registration that a request has made.
    pub fn new(id: RegistrationId, cause: Cause) -> Self {
        let (request_id, traceparent) = cause.into_stored();
        Self { id, request_id, traceparent, seat_from: SeatFrom::default() }
    }

    /// The same with a seat that it has got in another way than by registering.
    pub(crate) fn with_seat_from(self, seat_from: SeatFrom) -> Self {
        Self { seat_from, ..self }
    }

    fn cause(&self) -> Cause {
        Cause::stored(self.request_id.as_deref(), self.traceparent.as_deref())
    }
}

impl ConfirmRegistrations {
    /// The jobs that confirm the registrations of a transaction.
    pub(crate) fn jobs(registrations: &[ToConfirm]) -> impl Iterator<Item = NewJob> {
        registrations.chunks(MAX_ITEMS).map(|some| Self::job(some.to_vec()))
    }

    /// The job that confirms these registrations. A job of one has its request as its cause.
    fn job(registrations: Vec<ToConfirm>) -> NewJob {
        let cause = match &registrations[..] {
            [one] => one.cause(),
            _ => Cause::default(),
        };
        NewJob::from(Self { registrations }).caused_by(cause)
    }
}

impl BackgroundJob for ConfirmRegistrations {
    const NAME: &'static str = "confirm_registrations";
    const CLASS: Class = Class::Confirmations;
    const PRIORITY: i16 = 0;
    const TIME_LIMIT: Duration = Duration::from_secs(30);
    const BATCHED: bool = true;

    fn items(&self) -> usize {
        self.registrations.len().max(1)
    }

    fn causes(&self) -> Option<Vec<Cause>> {
        Some(self.registrations.iter().map(ToConfirm::cause).collect())
    }

    fn split(&self) -> Vec<NewJob> {
        self.registrations.iter().map(|one| Self::job(vec![one.clone()])).collect()
    }

    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        retry(|| confirm(ctx, execution, |_, job| job.registrations.clone())).await
    }
}

/// The same for one registration: a job that an earlier release has added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmRegistration {
    /// Which registration.
    pub registration_id: RegistrationId,
}

impl BackgroundJob for ConfirmRegistration {
    const NAME: &'static str = "confirm_registration";
    const CLASS: Class = ConfirmRegistrations::CLASS;
    const PRIORITY: i16 = ConfirmRegistrations::PRIORITY;
    const TIME_LIMIT: Duration = ConfirmRegistrations::TIME_LIMIT;
    const BATCHED: bool = true;
    const RETIRED: bool = true;

    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        retry(|| {
            confirm(ctx, execution, |claim, job| {
                vec![ToConfirm::new(job.registration_id, claim.cause())]
            })
        })
        .await
    }
}

/// The recipient of a confirmation.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
struct Recipient {
    id: UserId,
    name: String,
    email: String,
}

/// The competition that a confirmation is about.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "competition::Entity")]
struct Subject {
    id: CompetitionId,
    organizer_id: UserId,
    has_webhooks: bool,
    title: String,
    #[sea_orm(nested)]
    place: WhenAndWhere,
}

/// Confirms the registrations of jobs in one transaction. Skips a registration that was cancelled
/// meanwhile, and one for a competition that was cancelled: its participant is notified of that
/// instead.
async fn confirm<J: BackgroundJob>(
    ctx: &Context,
    execution: &Execution<'_, J>,
    registrations: impl Fn(&Claim, &J) -> Vec<ToConfirm>,
) -> Result<()> {
    let now = ctx.now();
    let tx = execution.acknowledge(ctx.db.begin_read_committed().await?, now).await?;
    let held = execution.jobs().filter(|(claim, _)| tx.holds(claim));
    let to_confirm = held.flat_map(|(claim, job)| registrations(claim, job));
    let to_confirm: HashMap<_, _> = to_confirm.map(|one| (one.id, one)).collect();
    let ids = to_confirm.keys().copied();
    let confirm = registration::Entity::update_many()
        .col_expr(registration::Column::Status, Expr::value(RegistrationStatus::Confirmed))
        .col_expr(registration::Column::UpdatedAt, Expr::value(now.utc()))
        .filter(any_of(&*tx, registration::Column::Id, ids))
        .filter(registration::Column::Status.eq(RegistrationStatus::Pending))
        .filter(takes_place());
    let confirmed = update_returning(&*tx, confirm).await?;

    let users = confirmed.iter().map(|row| row.user_id);
    let users: Vec<Recipient> = user::Entity::find()
        .filter(any_of(&*tx, user::Column::Id, users))
        .into_partial_model()
        .all(&*tx)
        .await?;
    let users: HashMap<_, _> = users.into_iter().map(|user| (user.id, user)).collect();
    let competitions: HashSet<_> = confirmed.iter().map(|row| row.competition_id).collect();
    let competitions: Vec<Subject> = competition::Entity::find()
        .filter(any_of(&*tx, competition::Column::Id, competitions))
        .into_partial_model()
        .all(&*tx)
        .await?;
    let competitions: HashMap<_, _> =
        competitions.into_iter().map(|competition| (competition.id, competition)).collect();
    let drafts = confirmed.iter().filter_map(|row| {
        let to_confirm = to_confirm.get(&row.id)?;
        // Foreign keys cascade: with its user or competition the registration is gone as well.
        let (user, competition) =
            (users.get(&row.user_id)?, competitions.get(&row.competition_id)?);
        Some(draft(row, user, competition, to_confirm))
    });
    store_and_enqueue(ctx, &*tx, drafts.collect()).await?;
    jobs::add(&*tx, now, event_jobs(now, &confirmed, competitions.values(), &to_confirm)).await?;
    tx.commit().await
}

/// A job for each competition that has webhooks, caused by the first of its registrations.
fn event_jobs<'a>(
    now: Timestamp,
    confirmed: &[registration::Model],
    competitions: impl Iterator<Item = &'a Subject>,
    to_confirm: &HashMap<RegistrationId, ToConfirm>,
) -> Vec<NewJob> {
    let with_webhooks = competitions.filter(|competition| competition.has_webhooks);
    let job = |competition: &Subject| {
        let rows = || confirmed.iter().filter(|row| row.competition_id == competition.id);
        let event = |row| Event::of_registration(EventType::RegistrationConfirmed, now, row);
        let events = rows().map(event).collect();
        let cause = rows().find_map(|row| Some(to_confirm.get(&row.id)?.cause()));
        NewJob::from(PublishEvents::about(competition.id, competition.organizer_id, events))
            .caused_by(cause.unwrap_or_default())
    };
    with_webhooks.map(job).collect()
}

#[derive(Template)]
#[template(path = "mail/confirmation.txt")]
struct Confirmation<'a> {
    name: UserText<'a>,
    title: UserText<'a>,
    seat_from: SeatFrom,
    place: &'a WhenAndWhere,
    registration: RegistrationId,
}

/// The confirmation of a registration.
pub(crate) fn mail(
    registration: RegistrationId,
    seat_from: SeatFrom,
    name: &str,
    title: &str,
    place: &WhenAndWhere,
) -> RenderedMail {
    let (name, title) = (UserText(name), UserText(title));
    RenderedMail::of(&Confirmation { name, title, seat_from, place, registration })
}

/// The key of the confirmation of a registration. After a cancellation and a new registration, the
/// participant gets another confirmation. That of an approval has a prefix of its own: the limit
/// on repeated confirmations is for participants who register again and again, and for organizers
/// who add participants who have not asked for it.
pub(crate) fn dedup_key(row: &registration::Model, seat_from: SeatFrom) -> String {
    let prefix = match seat_from {
        SeatFrom::Registering | SeatFrom::WaitingList | SeatFrom::Organizer => CONFIRMATION,
        SeatFrom::Approval => APPROVAL,
    };
    format!("{prefix}{}:{}", row.id, Timestamp::from(row.registered_at))
}

fn draft(
    row: &registration::Model,
    user: &Recipient,
    competition: &Subject,
    to_confirm: &ToConfirm,
) -> Draft {
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        mail: mail(
            row.id,
            to_confirm.seat_from,
            &user.name,
            &competition.title,
            &competition.place,
        ),
        dedup_key: dedup_key(row, to_confirm.seat_from),
        cause: to_confirm.cause(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{templates::assert_preview, when_and_where};

    #[test]
    fn a_confirmation_reads_as_its_previews() {
        let place = when_and_where::example();
        let mail = Confirmation {
            name: UserText("Grace Hopper"),
            title: UserText("Code Sprint"),
            seat_from: SeatFrom::Registering,
            place: &place,
            registration: RegistrationId(uuid::Uuid::from_u128(7)),
        };
        assert_preview("confirmation", &RenderedMail::of(&mail));
        let undated = WhenAndWhere::default();
        let undated = RenderedMail::of(&Confirmation { place: &undated, ..mail });
        assert_preview("confirmation.undated", &undated);
        let promoted = Confirmation { seat_from: SeatFrom::WaitingList, place: &place, ..mail };
        assert_preview("confirmation.promoted", &RenderedMail::of(&promoted));
        let approved = Confirmation { seat_from: SeatFrom::Approval, ..promoted };
        assert_preview("confirmation.approved", &RenderedMail::of(&approved));
        let given = Confirmation { seat_from: SeatFrom::Organizer, ..approved };
        assert_preview("confirmation.given", &RenderedMail::of(&given));
    }
}
