//! A database of the product, filled and queried directly.

use std::{fmt::Write as _, ops::Range, path::Path};

use super::{Shell, uuid};
use crate::Result;

/// Rows of one insert.
const BULK: usize = 1_000;
/// The number of the organizer; participants are numbered from 1.
const ORGANIZER: usize = 0;
/// The registration deadline of all competitions, later than any run.
const DEADLINE: &str = "2100-01-01T00:00:00+00:00";
const START: &str = "2100-02-01T00:00:00+00:00";
const CREATED: &str = "2026-01-01T00:00:00+00:00";

/// A database of the product.
#[derive(Debug)]
pub(crate) struct Database {
    /// In the format of `DATABASE_URL`.
    pub(crate) url: String,
    pub(crate) shell: Shell,
    /// SQLite stores a UUID as sixteen bytes.
    ids_are_bytes: bool,
    competitions: usize,
}

/// Competitions that were created together, by number.
pub(crate) type Competitions = Range<usize>;

impl Database {
    /// Creates a database on a PostgreSQL server.
    pub(crate) fn postgres(server: &str, name: &str) -> Result<Self> {
        Shell::postgres(server)?.run(&format!("CREATE DATABASE {name};"))?;
        let (base, _) = server.rsplit_once('/').ok_or("the URL names no database")?;
        let url = format!("{base}/{name}");
        let shell = Shell::postgres(&url)?;
        Ok(Self { url, shell, ids_are_bytes: false, competitions: 0 })
    }

    /// Creates an SQLite file.
    pub(crate) fn sqlite(file: &Path) -> Result<Self> {
        let url = format!("sqlite://{}", file.display());
        Ok(Self { url, shell: Shell::sqlite(file)?, ids_are_bytes: true, competitions: 0 })
    }

    /// An id as a literal of this database.
    pub(crate) fn id(&self, number: usize) -> String {
        let uuid = uuid(number);
        if self.ids_are_bytes {
            format!("x'{}'", uuid.replace('-', ""))
        } else {
            format!("'{uuid}'")
        }
    }

    /// Creates an organizer, and participants numbered from 1.
    pub(crate) fn add_people(&mut self, participants: usize, password_hash: &str) -> Result {
        let columns =
            "users (id, email, email_key, name, search_text, role, password_hash, created_at)";
        self.insert(columns, 0..participants + 1, |id, number| {
            let role = if number == ORGANIZER { "ORGANIZER" } else { "PARTICIPANT" };
            let email = email(number);
            format!(
                "{id}, '{email}', '{email}', 'Guest {number}', 'participant {number} {email}', \
                 '{role}', '{password_hash}', '{CREATED}'"
            )
        })?;
        self.shell.run("ANALYZE;").map(drop)
    }

    /// Creates competitions with this many seats.
    pub(crate) fn add_competitions(&mut self, count: usize, seats: usize) -> Result<Competitions> {
        let new = self.competitions..self.competitions + count;
        self.competitions = new.end;
        let organizer = self.id(ORGANIZER);
        let columns = "competitions (id, organizer_id, title, title_key, description, search_text, \
                       capacity, reg_deadline, start_date, created_at, updated_at)";
        self.insert(columns, new.clone(), |id, number| {
            format!(
                "{id}, {organizer}, 'Code Sprint {number}', 'code sprint {number}', \
                 'Twenty-four hours of code.', 'code sprint {number} twenty-four hours of code.', \
                 {seats}, '{DEADLINE}', '{START}', '{CREATED}', '{CREATED}'"
            )
        })?;
        for (position, tag) in ["coding", "hackathon", "technology"].iter().enumerate() {
            let columns = "competition_tags (competition_id, tag, label, position)";
            self.insert(columns, new.clone(), |id, _| {
                format!("{id}, '{tag}', '{tag}', {position}")
            })?;
        }
        Ok(new)
    }

    fn insert(
        &mut self,
        into: &str,
        numbers: Range<usize>,
        row: impl Fn(&str, usize) -> String,
    ) -> Result {
        for from in numbers.clone().step_by(BULK) {
            let mut sql = format!("INSERT INTO {into} VALUES\n");
            for number in from..numbers.end.min(from + BULK) {
                let comma = if number == from { "" } else { ",\n" };
                write!(sql, "{comma}({})", row(&self.id(number), number))?;
            }
            self.shell.run(&format!("{sql};"))?;
        }
        Ok(())
    }

    /// Seats taken, as the competitions say themselves, and registrations there are. Equal, or
    /// something is wrong.
    pub(crate) fn seats(&mut self, of: &Competitions) -> Result<(usize, usize)> {
        let (own, theirs) = (self.these("id", of), self.these("competition_id", of));
        let taken =
            self.shell.number(&format!("SELECT sum(registered) FROM competitions WHERE {own}"))?;
        let rows =
            self.shell.number(&format!("SELECT count(*) FROM registrations WHERE {theirs}"))?;
        Ok((taken, rows))
    }

    /// Whether a registration still waits for its confirmation.
    pub(crate) fn any_pending(&mut self, of: &Competitions) -> Result<bool> {
        let these = self.these("competition_id", of);
        let pending =
            format!("SELECT 1 FROM registrations WHERE {these} AND status = 'PENDING' LIMIT 1");
        Ok(self.shell.number(&format!("SELECT count(*) FROM ({pending}) AS first"))? > 0)
    }

    /// Registrations that are confirmed.
    pub(crate) fn confirmed(&mut self, of: &Competitions) -> Result<usize> {
        let these = self.these("competition_id", of);
        self.shell.number(&format!(
            "SELECT count(*) FROM registrations WHERE {these} AND status = 'CONFIRMED'"
        ))
    }

    /// Messages in all mailboxes.
    pub(crate) fn mails(&mut self) -> Result<usize> {
        self.shell.number("SELECT count(*) FROM mailbox")
    }

    /// Messages in the mailbox of one participant.
    pub(crate) fn mails_of(&mut self, participant: usize) -> Result<usize> {
        let id = self.id(participant);
        self.shell.number(&format!("SELECT count(*) FROM mailbox WHERE user_id = {id}"))
    }

    fn these(&self, column: &str, competitions: &Competitions) -> String {
        let (first, last) = (self.id(competitions.start), self.id(competitions.end - 1));
        format!("{column} BETWEEN {first} AND {last}")
    }
}

/// The address of a participant.
pub(crate) fn email(number: usize) -> String {
    format!("participant{number}@example.com")
}
