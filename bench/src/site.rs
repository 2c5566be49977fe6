//! An installation that is open: its database full of people, its server listening.

use std::time::Duration;

use crate::{
    Result,
    crowd::Crowd,
    http::{Load, Outcome, post},
    process::{Installation, Server},
    sql::{Competitions, Database, uuid},
    stage::Stage,
};

/// Long enough for any number of registrations.
const ALL_DAY: Duration = Duration::from_secs(20 * 60);

/// An installation that is open.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) database: Database,
    pub(crate) installation: Installation,
    /// Without a worker.
    pub(crate) server: Server,
    crowd: Crowd,
    runs: u32,
}

/// How many register.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rush {
    /// As many as can in this time.
    For(Duration),
    /// Exactly so many.
    Of(usize),
}

impl Site {
    pub(crate) fn open(stage: &Stage, mut database: Database) -> Result<Self> {
        let installation = Installation::on(stage, &database.url)?;
        database.add_people(stage.sizes.people, &stage.password_hash)?;
        let server = installation.serve_without_worker(&stage.runtime)?;
        let crowd = Crowd::arrive(stage, server.address)?;
        Ok(Self { database, installation, server, crowd, runs: 0 })
    }

    /// Lets people register for new competitions, one after the other for each in turn, and asks the database whether
    /// it has what was answered.
    pub(crate) fn rush(
        &mut self,
        stage: &Stage,
        competitions: usize,
        clients: usize,
        rush: Rush,
    ) -> Result<(Competitions, Outcome)> {
        let competitions = self.database.add_competitions(competitions, self.crowd.size())?;
        let (people, time) = match rush {
            Rush::For(time) => (self.crowd.size(), time),
            Rush::Of(people) => (people, ALL_DAY),
        };
        self.runs += 1;
        let run = self.runs;
        let paths: Vec<String> = competitions.clone().map(path).collect();
        let requests = self.crowd.take(people).enumerate().map(|(turn, (_, token))| {
            post(&paths[turn % paths.len()], token, &format!("bench-{run}-{turn}"))
        });
        let requests = requests.collect();
        let load = Load { requests, repeat: false, clients, time, status: 201 };
        let outcome = load.run(&stage.runtime, self.server.address)?;
        self.crowd.give_back(people - outcome.answers);

        let (taken, rows) = self.database.seats(&competitions)?;
        if (taken, rows) != (outcome.answers, outcome.answers) {
            let answers = outcome.answers;
            return Err(
                format!("{answers} seats were promised, {taken} taken, {rows} have a row").into()
            );
        }
        Ok((competitions, outcome))
    }

    /// One more participant, and what they send to register for a competition.
    pub(crate) fn single(&mut self, competition: usize) -> (usize, Vec<u8>) {
        self.runs += 1;
        let key = format!("bench-{}", self.runs);
        let (number, token) = self.crowd.take(1).next().expect("a crowd of at least one");
        (number, post(&path(competition), token, &key))
    }
}

fn path(competition: usize) -> String {
    format!("/api/competitions/{}/register", uuid(competition))
}
