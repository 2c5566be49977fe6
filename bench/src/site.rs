//! A running installation: a database with participants, and a server.

use std::time::Duration;

use crate::{
    Result,
    http::{Load, Outcome, post},
    participants::Participants,
    process::{Installation, Server},
    sql::{Competitions, Database, uuid},
    stage::Stage,
};

/// Longer than any number of registrations takes.
const UNLIMITED: Duration = Duration::from_secs(20 * 60);

/// A running installation.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) database: Database,
    pub(crate) installation: Installation,
    /// Without a worker.
    pub(crate) server: Server,
    participants: Participants,
    runs: u32,
}

/// The number of registrations.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Amount {
    /// As many as possible in this time.
    For(Duration),
    Exactly(usize),
}

impl Site {
    pub(crate) fn open(stage: &Stage, mut database: Database) -> Result<Self> {
        let installation = Installation::on(stage, &database.url)?;
        database.add_people(stage.sizes.people, &stage.password_hash)?;
        let server = installation.serve_without_worker(&stage.runtime)?;
        let participants = Participants::log_in(stage, server.address)?;
        Ok(Self { database, installation, server, participants, runs: 0 })
    }

    /// Registers participants for new competitions in rotation, and checks that the database has
    /// every registration that was answered 201.
    pub(crate) fn register(
        &mut self,
        stage: &Stage,
        competitions: usize,
        clients: usize,
        amount: Amount,
    ) -> Result<(Competitions, Outcome)> {
        let competitions =
            self.database.add_competitions(competitions, self.participants.size())?;
        let (people, time) = match amount {
            Amount::For(time) => (self.participants.size(), time),
            Amount::Exactly(people) => (people, UNLIMITED),
        };
        self.runs += 1;
        let run = self.runs;
        let paths: Vec<String> = competitions.clone().map(path).collect();
        let requests = self.participants.take(people).enumerate().map(|(position, (_, token))| {
            let path = &paths[position % paths.len()];
            post(path, token, &format!("bench-{run}-{position}"))
        });
        let requests = requests.collect();
        let load = Load { requests, repeat: false, clients, time, status: 201 };
        let outcome = load.run(&stage.runtime, self.server.address)?;
        self.participants.put_back(people - outcome.responses);

        let (taken, rows) = self.database.seats(&competitions)?;
        if (taken, rows) != (outcome.responses, outcome.responses) {
            let responses = outcome.responses;
            return Err(format!(
                "{responses} registrations were answered 201, {taken} seats are taken, \
                 {rows} rows exist"
            )
            .into());
        }
        Ok((competitions, outcome))
    }

    /// The next participant, and the request to register them for a competition.
    pub(crate) fn next_registration(&mut self, competition: usize) -> (usize, Vec<u8>) {
        self.runs += 1;
        let key = format!("bench-{}", self.runs);
        let (number, token) = self.participants.take(1).next().expect("a participant");
        (number, post(&path(competition), token, &key))
    }
}

fn path(competition: usize) -> String {
    format!("/api/competitions/{}/register", uuid(competition))
}
