//! (d) and half of (g): confirmations that are delivered, with the mail and the status in the
//! database.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    Result,
    http::{Connection, Latencies},
    process::Server,
    progress,
    rivals::{BullMq, graphile_worker},
    site::{Amount, Site},
    sql::{Competitions, Database},
    stage::Stage,
    table::{Measured, Row, Unit},
};

/// Clients that create the registrations to confirm.
const CLIENTS: usize = 64;
/// The polling interval for the whole backlog, which costs a few hundredths of a core.
const POLL: Duration = Duration::from_millis(20);
/// The polling interval for a single mail.
const FINE_POLL: Duration = Duration::from_micros(500);
/// The pause between two single jobs, in which the worker becomes idle.
const PAUSE: Duration = Duration::from_millis(5);
/// The longest wait for the worker.
const LIMIT: Duration = Duration::from_secs(300);

const RATE_RIVAL: &str = "BullMQ, jobs that do nothing";
const POSTGRES_RIVAL: &str = "graphile-worker, jobs that do nothing";
const WAIT_RIVAL: &str = "BullMQ, from added to completed";

/// PostgreSQL and Redis: the worker as its own process, and in that of the server.
pub(super) fn distributed(stage: &mut Stage) -> Result<Vec<Row>> {
    let database = stage.postgres()?;
    let mut site = Site::open(stage, database)?;
    let what = "(d) confirmations drained by a worker process";
    let mut drained =
        [RATE_RIVAL, POSTGRES_RIVAL].map(|rival| Row::against(rival, what, Unit::PerSecond));
    let jobs = stage.sizes.jobs;
    for _ in 0..stage.sizes.rounds {
        progress(what);
        let ours = drain(stage, &mut site, |site, _| site.installation.worker())?;
        drained[0].compare(ours, Measured::value(BullMq::of(stage).best_rate(jobs)?));
        drained[1].compare(ours, Measured::value(graphile_worker(stage, jobs)?));
    }

    progress("(d) single confirmations");
    let mut apart =
        Row::against(WAIT_RIVAL, "(d) from 201 to mail, worker process", Unit::Milliseconds);
    let mut together =
        Row::against(WAIT_RIVAL, "(d) from 201 to mail, all in one", Unit::Milliseconds);
    let bullmq = BullMq::of(stage);
    for _ in 0..stage.sizes.rounds {
        let theirs = Measured::latency(&bullmq.latencies(stage.sizes.single_jobs)?);
        site.server = site.installation.serve_without_worker(&stage.runtime)?;
        let worker = site.installation.worker()?;
        apart.compare(Measured::latency(&waits(stage, &mut site)?), theirs);
        worker.stop()?;
        site.server = site.installation.serve(&stage.runtime)?;
        together.compare(Measured::latency(&waits(stage, &mut site)?), theirs);
    }
    Ok(drained.into_iter().chain([apart, together]).collect())
}

/// SQLite: the worker is in the process of the server.
pub(super) fn embedded(stage: &mut Stage) -> Result<Vec<Row>> {
    let database = stage.sqlite()?;
    let mut site = Site::open(stage, database)?;
    let what = "(g) embedded, confirmations drained";
    let mut drained = Row::against(RATE_RIVAL, what, Unit::PerSecond);
    let jobs = stage.sizes.jobs;
    for _ in 0..stage.sizes.rounds {
        progress(what);
        let start = |site: &Site, stage: &Stage| site.installation.serve(&stage.runtime);
        let ours = drain(stage, &mut site, start)?;
        drained.compare(ours, Measured::value(BullMq::of(stage).best_rate(jobs)?));
    }

    progress("(g) single confirmations");
    let mut wait = Row::against(WAIT_RIVAL, "(g) embedded, from 201 to mail", Unit::Milliseconds);
    for _ in 0..stage.sizes.rounds {
        let theirs = BullMq::of(stage).latencies(stage.sizes.single_jobs)?;
        site.server = site.installation.serve(&stage.runtime)?;
        wait.compare(Measured::latency(&waits(stage, &mut site)?), Measured::latency(&theirs));
    }
    Ok(vec![drained, wait])
}

/// Registers participants without a worker; then starts one, and waits until all are confirmed. Its
/// start time counts.
fn drain(
    stage: &Stage,
    site: &mut Site,
    start: impl Fn(&Site, &Stage) -> Result<Server>,
) -> Result<Measured> {
    let jobs = stage.sizes.jobs;
    site.server = site.installation.serve_without_worker(&stage.runtime)?;
    let mails_before = site.database.mails()?;
    let (competitions, _) = site.register(stage, 1, CLIENTS, Amount::Exactly(jobs))?;
    let began = Instant::now();
    let worker = start(site, stage)?;
    wait_for_all(&mut site.database, &competitions, began)?;
    let ours = Measured::rate(jobs, began.elapsed());
    worker.stop()?;

    let (confirmed, mails) = (site.database.confirmed(&competitions)?, site.database.mails()?);
    if (confirmed, mails - mails_before) != (jobs, jobs) {
        return Err(format!(
            "{jobs} registrations resulted in {confirmed} confirmations and {} mails",
            mails - mails_before
        )
        .into());
    }
    Ok(ours)
}

fn wait_for_all(database: &mut Database, competitions: &Competitions, began: Instant) -> Result {
    while database.any_pending(competitions)? {
        if began.elapsed() > LIMIT {
            return Err("the confirmations were not finished in time".into());
        }
        thread::sleep(POLL);
    }
    Ok(())
}

/// The latency from response to mail of single registrations, one after the other.
fn waits(stage: &Stage, site: &mut Site) -> Result<Latencies> {
    let jobs = stage.sizes.single_jobs;
    let competition = site.database.add_competitions(1, jobs)?.start;
    let mut connection = stage.runtime.block_on(Connection::open(site.server.address))?;
    let mut waits = Vec::with_capacity(jobs);
    for _ in 0..jobs {
        thread::sleep(PAUSE);
        let (participant, request) = site.next_registration(competition);
        let mails_before = site.database.mails_of(participant)?;
        let status = stage.runtime.block_on(connection.exchange(&request))?.status;
        let answered = Instant::now();
        if status != 201 {
            return Err(format!("a registration was answered {status}").into());
        }
        while site.database.mails_of(participant)? == mails_before {
            if answered.elapsed() > LIMIT {
                return Err("a mail was not delivered in time".into());
            }
            thread::sleep(FINE_POLL);
        }
        waits.push(answered.elapsed());
    }
    Ok(Latencies::new(waits))
}
