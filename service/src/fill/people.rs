//! The accounts.

use chrono::TimeDelta;
use domain::{Email, PersonName, Role, User, UserId};
use fastrand::Rng;
use sea_orm::prelude::DateTimeUtc;

use super::{Accounts, Size, id, part, whole, words};
use crate::{
    Context, Error, Result,
    accounts::{CredentialsVersion, search_text, search_words},
    entity::user,
    infrastructure::db::bulk,
};

/// Rows of a statement.
const CHUNK: usize = 5_000;
/// Competitions for each organizer, on average.
const COMPETITIONS_EACH: usize = 20;
/// The last account is older than the first competition.
const YEARS: [i64; 2] = [4, 3];

/// The accounts, in the order of their creation.
pub(super) struct People {
    pub(super) participants: Vec<User>,
    pub(super) organizers: Vec<UserId>,
}

impl People {
    /// Inserts an administrator, organizers and participants.
    pub(super) async fn insert(
        ctx: &Context,
        rng: &mut Rng,
        size: &Size,
        password_hash: &str,
        progress: &mut impl FnMut(usize),
    ) -> Result<Self> {
        let organizers = (size.competitions / COMPETITIONS_EACH).max(1);
        let total = 1 + organizers + size.participants;
        let [from, until] = YEARS.map(|years| whole(ctx.now()) - TimeDelta::days(365 * years));
        let mut people = Self { participants: Vec::new(), organizers: Vec::new() };
        let mut rows = Vec::new();
        for number in 0..total {
            let (role, email) = match number {
                0 => (Role::Admin, admin()),
                number if number <= organizers => (Role::Organizer, organizer(number)),
                number => (Role::Participant, participant(number - organizers)),
            };
            let created_at = from + part(until - from, number, total);
            let row = row(rng, role, &email, password_hash, created_at)?;
            match role {
                Role::Admin => {}
                Role::Organizer => people.organizers.push(row.id),
                Role::Participant => people.participants.push(row.clone().into_user()),
            }
            rows.push(row);
            if rows.len() == CHUNK || number + 1 == total {
                bulk::insert(&*ctx.db.autocommit().await, std::mem::take(&mut rows)).await?;
                progress(people.participants.len());
            }
        }
        Ok(people)
    }
}

/// The accounts that have the most.
pub(super) fn accounts() -> Accounts {
    Accounts { participant: participant(1), organizer: organizer(1), admin: admin() }
}

fn admin() -> String {
    "admin@fill.example".to_owned()
}

/// `number` is counted from 1, as that of [`participant`].
fn organizer(number: usize) -> String {
    format!("organizer{number}@fill.example")
}

fn participant(number: usize) -> String {
    format!("participant{number}@fill.example")
}

fn row(
    rng: &mut Rng,
    role: Role,
    email: &str,
    password_hash: &str,
    created_at: DateTimeUtc,
) -> Result<user::Model> {
    let email = Email::parse(email).map_err(Error::Corrupt)?;
    let name = PersonName::parse(&words::name(rng)).map_err(Error::Corrupt)?;
    Ok(user::Model {
        id: UserId(id(rng, created_at)),
        email_key: email.key(),
        search_text: search_text(name.as_str(), email.as_str()),
        search_words: search_words(name.as_str(), email.as_str()),
        email: email.into_string(),
        name: name.into_string(),
        role,
        second_role: None,
        password_hash: password_hash.to_owned(),
        created_at,
        credentials_version: CredentialsVersion::FIRST.0,
        time_zone: None,
        disabled_at: None,
        email_verified_at: Some(created_at),
        email_refused_at: None,
    })
}
