//! Fills an empty database with as many rows as a large installation has, to see how the program
//! works at that size.
//!
//! The rows are those that the program writes itself. Each transaction keeps the rules of the
//! tables, so that a fill that was interrupted leaves a smaller database and no broken one.

mod competitions;
mod people;
mod registrations;
mod schedule;
mod words;

use chrono::TimeDelta;
use domain::{ErrorCode, Password, PublicError, Timestamp};
use sea_orm::{EntityTrait, prelude::DateTimeUtc};

use self::{
    people::People,
    registrations::{Batch, Opened, registrants},
    schedule::Schedule,
};
use crate::{
    Context, Error, Result,
    context::Mode,
    demo,
    entity::user,
    infrastructure::ids::{id_at, new_token},
    mail::links::Links,
};

/// Registrations of a transaction, about.
const BATCH: usize = 2_000;
/// Makes two fills alike.
const SEED: u64 = 7;

/// How much to fill in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Participants.
    pub participants: usize,
    /// Competitions. A fifth of them is open, the rest are past.
    pub competitions: usize,
    /// Registrations. One competition has a twentieth of them.
    pub registrations: usize,
}

impl Size {
    /// The rows that progress counts.
    pub fn rows(&self) -> usize {
        self.participants + self.competitions + self.registrations
    }
}

/// What was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The rows: fewer registrations than asked for where there are too few participants.
    pub size: Size,
    /// Accounts to log in with, all with [`demo::PASSWORD`]; none in production.
    pub accounts: Option<Accounts>,
}

/// The addresses of accounts to log in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accounts {
    /// The participant with the most registrations.
    pub participant: String,
    /// The organizer with the most competitions.
    pub organizer: String,
    /// An administrator.
    pub admin: String,
}

/// Fills the database in, and counts its rows for the planner of queries. `progress` gets the
/// number of rows so far. With `force`, also in production: there the accounts have no known
/// password.
///
/// # Errors
/// Forbidden in production without `force`, and in a database that has accounts already.
pub async fn fill(
    ctx: &Context,
    size: Size,
    force: bool,
    mut progress: impl FnMut(usize),
) -> Result<Filled> {
    let is_production = ctx.mode == Mode::Production;
    if is_production && !force {
        return Err(refused("Generated data is refused in production without --force"));
    }
    if user::Entity::find().one(ctx.db.connection()).await?.is_some() {
        return Err(refused(
            "Generated data does not mix with other data: this database has accounts. Name an \
             empty one in DATABASE_URL",
        ));
    }
    let password = if is_production { new_token() } else { demo::PASSWORD.to_owned() };
    let password = Password::parse(password).map_err(Error::Corrupt)?;
    let hash = ctx.passwords.hash(password).await?;
    let (mut rng, now) = (fastrand::Rng::with_seed(SEED), whole(ctx.now()));
    let people = People::insert(ctx, &mut rng, &size, &hash, &mut progress).await?;
    let schedule = Schedule::new(&mut rng, now, &size);
    let mut filled = Size { registrations: 0, ..size };
    let mut batch = Batch::default();
    for number in 0..size.competitions {
        let dates = schedule.dates(&mut rng, number);
        let (competition, tags) = competitions::competition(&mut rng, &dates, &people, number)?;
        let (count, with_first) = (schedule.registrations(number), schedule.has_first(number));
        let users = registrants(&mut rng, &people, count, with_first);
        let links = Links::of(ctx, competition.id);
        batch.add(&mut rng, now, Opened { competition, tags, dates, links }, &users)?;
        if batch.registrations() >= BATCH || number + 1 == size.competitions {
            filled.registrations += batch.registrations();
            std::mem::take(&mut batch).insert(ctx).await?;
            progress(size.participants + number + 1 + filled.registrations);
        }
    }
    crate::competitions::index_missing(ctx).await?;
    ctx.db.analyze().await?;
    Ok(Filled { size: filled, accounts: (!is_production).then(people::accounts) })
}

fn refused(message: &str) -> Error {
    PublicError::new(ErrorCode::Forbidden, message).into()
}

/// An id of this time.
fn id(rng: &mut fastrand::Rng, time: DateTimeUtc) -> uuid::Uuid {
    let mut random = [0; 10];
    rng.fill(&mut random);
    id_at(time, random)
}

/// A part of a span of time: `number` of `of` equal ones.
fn part(span: TimeDelta, number: usize, of: usize) -> TimeDelta {
    let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let milliseconds = span.num_milliseconds().saturating_mul(whole(number));
    TimeDelta::milliseconds(milliseconds / whole(of.max(1)))
}

/// The whole millisecond of a time, as the times that users choose.
fn whole(time: Timestamp) -> DateTimeUtc {
    let time = time.utc();
    DateTimeUtc::from_timestamp_millis(time.timestamp_millis()).unwrap_or(time)
}
