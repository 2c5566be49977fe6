//! The registrations, with the mail, the job and the idempotency record of each.

use chrono::TimeDelta;
use domain::{
    IdempotencyKey, JobId, MailId, PublicError, RegistrationId, RegistrationStatus, User,
};
use fastrand::Rng;
use sea_orm::{ConnectionTrait, ModelTrait, prelude::DateTimeUtc};

use super::{id, part, people::People, schedule::Dates};
use crate::{
    Cause, Context, Error, Result,
    admission::{AdmissionCommand, RegistrationForm},
    confirmation::{self, ConfirmRegistrations, Confirmation, SeatFrom, ToConfirm},
    entity::{
        competition, competition_tag, idempotency_log,
        job::{self, State},
        mail, registration,
    },
    idempotency::RequestKey,
    infrastructure::db::bulk,
    jobs,
    mail::{
        links::Links,
        mailbox::{self, Draft},
        reader::Reader,
        templates::{RenderedMail, UserText},
        when_and_where::WhenAndWhere,
    },
};

/// Rows of a statement.
const CHUNK: usize = 5_000;
/// How long after a registration it is confirmed.
const CONFIRMED_AFTER: TimeDelta = TimeDelta::seconds(2);
/// Jobs and idempotency records were written in so many hours before now, whenever the registration
/// was: older ones would be deleted by the next clean-up.
const RECENT_HOURS: i64 = 12;
/// One of so many registrations is cancelled.
const CANCELLED: usize = 20;
/// One of so many messages is unread.
const UNREAD: usize = 10;
/// One of so many competitions is full.
const FULL: usize = 10;

/// Rows of one transaction: competitions, with all that belongs to them.
#[derive(Default)]
pub(super) struct Batch {
    competitions: Vec<competition::Model>,
    tags: Vec<competition_tag::Model>,
    registrations: Vec<registration::Model>,
    mails: Vec<mail::Model>,
    jobs: Vec<job::Model>,
    records: Vec<idempotency_log::Model>,
}

/// A competition that people register for.
pub(super) struct Opened {
    pub(super) competition: competition::Model,
    pub(super) tags: Vec<competition_tag::Model>,
    pub(super) dates: Dates,
    pub(super) links: Links,
}

impl Batch {
    pub(super) fn registrations(&self) -> usize {
        self.registrations.len()
    }

    /// Adds a competition and the registrations of some users, and gives it seats enough.
    pub(super) fn add(
        &mut self,
        rng: &mut Rng,
        now: DateTimeUtc,
        opened: Opened,
        users: &[&User],
    ) -> Result<()> {
        let Opened { mut competition, tags, dates, links } = opened;
        let open_for = dates.closed - dates.created;
        for (number, user) in users.iter().enumerate() {
            let registered_at = dates.created + part(open_for, number, users.len());
            let (id, is_cancelled) = (id(rng, registered_at), rng.usize(..CANCELLED) == 0);
            let key: IdempotencyKey = id.to_string().parse().map_err(|_| invalid_key())?;
            let row = registration::Model {
                id: RegistrationId(id),
                user_id: user.id,
                competition_id: competition.id,
                status: RegistrationStatus::Pending,
                idempotency_key: Some(key.to_string()),
                registered_at,
                updated_at: registered_at,
                reminded_at: None,
                reminded_start: None,
                cancellation_notified_at: dates.cancelled,
                waitlist_number: None,
                last_event_id: None,
                access_code: None,
            };
            self.add_mail(rng, now, &row, (&competition, &links), user);
            let written_at = now - TimeDelta::hours(RECENT_HOURS)
                + part(TimeDelta::hours(RECENT_HOURS), rng.usize(..CHUNK), CHUNK);
            self.add_job(rng, &row, written_at);
            let request =
                AdmissionCommand::Register(RegistrationForm::default()).fingerprint(competition.id);
            let key = RequestKey::new(user.id, key, &request);
            let response = row.clone().into_new_registration(&competition, user);
            let stored = key.encode(&Ok::<_, PublicError>(response))?;
            self.records.push(key.record(stored, written_at.into()));
            competition.version += if is_cancelled { 2 } else { 1 };
            competition.registered += i32::from(!is_cancelled);
            self.registrations.push(registration::Model {
                status: match is_cancelled {
                    true => RegistrationStatus::Cancelled,
                    false => RegistrationStatus::Confirmed,
                },
                updated_at: registered_at + CONFIRMED_AFTER,
                ..row
            });
        }
        let is_full = competition.registered > 0 && rng.usize(..FULL) == 0;
        let free = if is_full { 0 } else { rng.i32(1..=competition.registered / 2 + 10) };
        competition.capacity = competition.registered + free;
        self.competitions.push(competition);
        self.tags.extend(tags);
        Ok(())
    }

    fn add_mail(
        &mut self,
        rng: &mut Rng,
        now: DateTimeUtc,
        row: &registration::Model,
        (competition, links): (&competition::Model, &Links),
        user: &User,
    ) {
        let place = WhenAndWhere::from(competition);
        let reader = Reader { name: UserText(&user.name), time_zone: user.time_zone.as_deref() };
        let draft = Draft {
            user: user.id,
            recipient: user.email.clone(),
            mail: RenderedMail::of(&Confirmation {
                reader,
                title: UserText(&competition.title),
                seat_from: SeatFrom::Registering,
                place: place.shown_in(reader.time_zone),
                answers: Vec::new(),
                links,
                registration: row.id,
            }),
            dedup_key: confirmation::dedup_key(row, SeatFrom::Registering),
            about: Some(confirmation::about(row, competition.start_date)),
            cause: Cause::default(),
        };
        let sent_at = row.registered_at + CONFIRMED_AFTER;
        let is_read = rng.usize(..UNREAD) > 0;
        self.mails.push(mail::Model {
            id: MailId(id(rng, sent_at)),
            read_at: is_read.then(|| now.min(sent_at + TimeDelta::hours(1))),
            ..mailbox::row(draft, sent_at.into()).0
        });
    }

    /// The job that has confirmed a registration.
    fn add_job(&mut self, rng: &mut Rng, row: &registration::Model, added_at: DateTimeUtc) {
        let to_confirm = [ToConfirm::new(row.id, Cause::default())];
        let confirm = ConfirmRegistrations::jobs(&to_confirm);
        self.jobs.extend(jobs::rows(added_at.into(), confirm).into_iter().map(|job| job::Model {
            id: JobId(id(rng, added_at)),
            state: State::Completed,
            epoch: 1,
            finished_at: Some(added_at + CONFIRMED_AFTER),
            ..job
        }));
    }

    /// Inserts the rows in one transaction.
    pub(super) async fn insert(self, ctx: &Context) -> Result<()> {
        let tx = ctx.db.begin_read_committed().await?;
        insert(&*tx, self.competitions).await?;
        insert(&*tx, self.tags).await?;
        insert(&*tx, self.registrations).await?;
        insert(&*tx, self.mails).await?;
        insert(&*tx, self.jobs).await?;
        insert(&*tx, self.records).await?;
        tx.commit().await
    }
}

/// Inserts rows in a few statements: none may take longer than a session allows.
async fn insert<M, A>(tx: &impl ConnectionTrait, mut rows: Vec<M>) -> Result<()>
where
    M: ModelTrait + serde::Serialize + sea_orm::IntoActiveModel<A>,
    A: sea_orm::ActiveModelTrait<Entity = M::Entity> + sea_orm::ActiveModelBehavior + Send,
{
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(CHUNK));
        bulk::insert(tx, std::mem::replace(&mut rows, rest)).await?;
    }
    Ok(())
}

/// Distinct participants, as many as there are at most. The first of all is among them or not.
pub(super) fn registrants<'a>(
    rng: &mut Rng,
    people: &'a People,
    count: usize,
    with_first: bool,
) -> Vec<&'a User> {
    let Some((first, others)) = people.participants.split_first() else { return Vec::new() };
    let mut chosen = Vec::with_capacity(count);
    if with_first && count > 0 {
        chosen.push(first);
    }
    let from = rng.usize(..others.len().max(1));
    let wanted = count.saturating_sub(chosen.len());
    // A step that has no divisor in common with the number of the others meets each of them once.
    let step = (others.len() / 3..).find(|step| is_coprime(*step, others.len())).unwrap_or(1);
    let at = |number| &others[(from + number * step) % others.len()];
    chosen.extend((0..wanted.min(others.len())).map(at));
    chosen
}

fn is_coprime(a: usize, b: usize) -> bool {
    if b == 0 { a == 1 } else { is_coprime(b, a % b) }
}

fn invalid_key() -> Error {
    Error::Corrupt("an id is no Idempotency-Key".to_owned())
}
