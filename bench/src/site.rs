//! A running installation: a database with participants, and a server.

use std::{iter, thread, time::Duration};

use crate::{
    Result,
    http::{Latencies, Load, Outcome, get, post},
    participants::Participants,
    process::{Installation, Server},
    progress,
    sql::{Competitions, Database, uuid},
    stage::Stage,
    usage::CpuTime,
};

/// Longer than any number of registrations takes.
const UNLIMITED: Duration = Duration::from_secs(20 * 60);
/// Searches that differ: more than a server answers within the time that it keeps a response.
const SEARCHES: usize = 10_000;

/// A running installation.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) database: Database,
    pub(crate) installation: Installation,
    /// Without a worker.
    pub(crate) server: Server,
    /// Without a worker, for the same database.
    second_server: Option<Server>,
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
        Ok(Self { database, installation, server, second_server: None, participants, runs: 0 })
    }

    /// Starts a second server, with which the first shares the registrations.
    pub(crate) fn add_server(&mut self, stage: &Stage) -> Result {
        self.second_server = Some(self.installation.serve_without_worker(&stage.runtime)?);
        Ok(())
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
        let load = self.load(&competitions, people, clients, time);
        let servers = iter::once(&self.server).chain(&self.second_server);
        let servers: Vec<_> = servers.map(|server| server.address).collect();
        let before = (CpuTime::of(self.server.pid())?, CpuTime::of_machine()?);
        let outcome = load.run(&stage.runtime, &servers)?;
        let server = CpuTime::of(self.server.pid())?.since(before.0);
        let all = CpuTime::of_machine()?.since(before.1);
        progress(&format!(
            "processor time of a registration: {} µs in the server, {} µs in all",
            server.micros_each(outcome.responses),
            all.micros_each(outcome.responses),
        ));
        self.participants.put_back(people - outcome.responses);
        self.check(&competitions, outcome.responses)?;
        Ok((competitions, outcome))
    }

    /// Registers participants for a competition, one after the other, while `clients` register for
    /// another one. Returns the latencies of the former.
    pub(crate) fn register_beside_a_rush(
        &mut self,
        stage: &Stage,
        clients: usize,
        time: Duration,
    ) -> Result<Latencies> {
        let competitions = self.database.add_competitions(2, self.participants.size())?;
        let second = competitions.start + 1;
        let people = self.participants.size();
        let lone = self.load(&(second..competitions.end), people / 10, 1, time);
        let rush = self.load(&(competitions.start..second), people - people / 10, clients, time);
        let (rush, lone) = self.run_both(stage, rush, lone)?;
        self.check(&competitions, rush.responses + lone.responses)?;
        if rush.elapsed < time || lone.elapsed < time {
            return Err("there were too few participants for the time".into());
        }
        Ok(lone.latencies)
    }

    /// Registers participants for a new competition while `visitors` search, each time for another
    /// word that no competition has.
    pub(crate) fn register_beside_searches(
        &mut self,
        stage: &Stage,
        clients: usize,
        visitors: usize,
        time: Duration,
    ) -> Result<Outcome> {
        let people = self.participants.size();
        let competitions = self.database.add_competitions(1, people)?;
        let search = |number| get(&format!("/api/competitions?search=absent{number}"));
        let requests = (0..SEARCHES).map(search).collect();
        let searches = Load { requests, repeat: true, clients: visitors, time, status: 200 };
        let registrations = self.load(&competitions, people, clients, time);
        let (registered, _) = self.run_both(stage, registrations, searches)?;
        self.participants.put_back(people - registered.responses);
        self.check(&competitions, registered.responses)?;
        Ok(registered)
    }

    /// Runs two loads at the same time against the first server.
    fn run_both(&self, stage: &Stage, one: Load, other: Load) -> Result<(Outcome, Outcome)> {
        let (runtime, servers) = (&stage.runtime, [self.server.address]);
        let (one, other) = thread::scope(|scope| {
            let one = scope.spawn(|| one.run(runtime, &servers).map_err(|error| error.to_string()));
            let other = other.run(runtime, &servers);
            (one.join(), other)
        });
        Ok((one.map_err(|_| "a load panicked")??, other?))
    }

    /// The requests of the next participants, for these competitions in rotation.
    fn load(
        &mut self,
        competitions: &Competitions,
        people: usize,
        clients: usize,
        time: Duration,
    ) -> Load {
        self.runs += 1;
        let run = self.runs;
        let paths: Vec<String> = competitions.clone().map(path).collect();
        let requests = self.participants.take(people).enumerate().map(|(position, (_, token))| {
            let path = &paths[position % paths.len()];
            post(path, token, &format!("bench-{run}-{position}"))
        });
        Load { requests: requests.collect(), repeat: false, clients, time, status: 201 }
    }

    /// Checks that the database has every registration that was answered 201.
    fn check(&mut self, competitions: &Competitions, responses: usize) -> Result {
        let (taken, rows) = self.database.seats(competitions)?;
        if (taken, rows) != (responses, responses) {
            return Err(format!(
                "{responses} registrations were answered 201, {taken} seats are taken, \
                 {rows} rows exist"
            )
            .into());
        }
        Ok(())
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
