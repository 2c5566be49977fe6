//! Confirming registrations: the mail and the status change, in one transaction.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use askama::Template;
use domain::{CompetitionId, EventType, RegistrationId, RegistrationStatus, Timestamp, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DerivePartialModel, EntityTrait, QueryFilter,
    prelude::DateTimeUtc, sea_query::Expr,
};
use serde::{Deserialize, Serialize};

use crate::{
    Cause, Context, Result,
    answers::{in_order, values_of},
    calendar_file::CalendarMethod,
    cancellation_notice::takes_place,
    entity::{competition, question::questions_of, registration, user},
    infrastructure::db::{
        bulk::{any_of, update_returning},
        retry,
    },
    jobs::{self, BackgroundJob, Claim, Class, Execution, NewJob},
    mail::{
        answers::shortened,
        dedup_keys::{APPROVAL, CONFIRMATION},
        example::{self, Example},
        links::Links,
        mailbox::{About, Draft, store_with_tickets},
        reader::Reader,
        templates::{RenderedMail, UserText},
        when_and_where::{Shown, WhenAndWhere},
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
    time_zone: Option<String>,
}

/// The competition that a confirmation is about.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "competition::Entity")]
struct Subject {
    id: CompetitionId,
    organizer_id: UserId,
    has_webhooks: bool,
    questions_version: i32,
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
    let mut answers = answers_of(&*tx, &confirmed, &competitions).await?;
    let drafts = confirmed.iter().filter_map(|row| {
        let to_confirm = to_confirm.get(&row.id)?;
        // Foreign keys cascade: with its user or competition the registration is gone as well.
        let (user, competition) =
            (users.get(&row.user_id)?, competitions.get(&row.competition_id)?);
        let answers = answers.remove(&row.id).unwrap_or_default();
        Some(draft(ctx, row, user, competition, to_confirm, &answers))
    });
    let tickets = store_with_tickets(ctx, &*tx, drafts.collect()).await?;
    jobs::add(&*tx, now, event_jobs(now, &confirmed, competitions.values(), &to_confirm)).await?;
    tx.commit().await?;
    jobs::push_tickets(ctx, tickets);
    Ok(())
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

/// The answers of those registrations that have some, each with its question, in their order.
async fn answers_of(
    tx: &impl ConnectionTrait,
    confirmed: &[registration::Model],
    competitions: &HashMap<CompetitionId, Subject>,
) -> Result<HashMap<RegistrationId, Vec<(String, String)>>> {
    let asks = |id| competitions.get(id).is_some_and(|of| of.questions_version > 0);
    let answered = || confirmed.iter().filter(|row| asks(&row.competition_id));
    let asking: HashSet<_> = answered().map(|row| row.competition_id).collect();
    let questions = questions_of(tx, asking).await?;
    let mut values = values_of(tx, answered().map(|row| row.id)).await?;
    let answers = answered().filter_map(|row| {
        let answers = in_order(questions.get(&row.competition_id)?, values.remove(&row.id)?);
        let shown = answers.into_iter().map(|answer| {
            let (question, answer) = answer.into_words();
            (question, shortened(answer))
        });
        Some((row.id, shown.collect()))
    });
    Ok(answers.collect())
}

/// The confirmation of a registration.
#[derive(Template)]
#[template(path = "mail/confirmation.txt")]
pub(crate) struct Confirmation<'a> {
    pub(crate) reader: Reader<'a>,
    pub(crate) title: UserText<'a>,
    pub(crate) seat_from: SeatFrom,
    pub(crate) place: Shown<'a>,
    /// The questions and the answers.
    pub(crate) answers: Vec<(UserText<'a>, UserText<'a>)>,
    pub(crate) links: &'a Links,
    pub(crate) registration: RegistrationId,
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

/// What the confirmation of a registration is about. It adds an event to the calendar once a start
/// is set.
pub(crate) fn about(row: &registration::Model, start: Option<DateTimeUtc>) -> About {
    let calendar = start.map(|_| CalendarMethod::Request);
    About::registration(row.competition_id, row.id, calendar)
}

fn draft(
    ctx: &Context,
    row: &registration::Model,
    user: &Recipient,
    competition: &Subject,
    to_confirm: &ToConfirm,
    answers: &[(String, String)],
) -> Draft {
    let reader = Reader { name: UserText(&user.name), time_zone: user.time_zone.as_deref() };
    let answers = answers.iter().map(|(question, answer)| (UserText(question), UserText(answer)));
    let mail = RenderedMail::of(&Confirmation {
        reader,
        title: UserText(&competition.title),
        seat_from: to_confirm.seat_from,
        place: competition.place.shown_in(reader.time_zone),
        answers: answers.collect(),
        links: &Links::of(ctx, competition.id),
        registration: row.id,
    });
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        mail,
        dedup_key: dedup_key(row, to_confirm.seat_from),
        about: Some(about(row, competition.place.start_date)),
        cause: to_confirm.cause(),
    }
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    let (links, dated, undated) = (example::links(), example::place(), WhenAndWhere::default());
    let mail = |seat_from, answers: &[(&'static str, &'static str)]| Confirmation {
        reader: example::READER,
        title: example::TITLE,
        seat_from,
        place: dated.shown_in(example::READER.time_zone),
        answers: answers.iter().map(|(ask, answer)| (UserText(ask), UserText(answer))).collect(),
        links: &links,
        registration: example::REGISTRATION,
    };
    let answers = [("T-shirt size", "M"), ("What do you eat?", "Everything")];
    let undated =
        Confirmation { place: undated.shown_in(None), ..mail(SeatFrom::Registering, &[]) };
    vec![
        Example::of("confirmation", &mail(SeatFrom::Registering, &[])),
        Example::of("confirmation.answers", &mail(SeatFrom::Registering, &answers)),
        Example::of("confirmation.undated", &undated),
        Example::of("confirmation.promoted", &mail(SeatFrom::WaitingList, &[])),
        Example::of("confirmation.approved", &mail(SeatFrom::Approval, &[])),
        Example::of("confirmation.given", &mail(SeatFrom::Organizer, &[])),
    ]
}
