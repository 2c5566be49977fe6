//! (f): memory and start time.

use std::{thread, time::Duration};

use crate::{
    Result,
    process::{Installation, Server},
    progress,
    rivals::plain_axum,
    site::{Amount, Site},
    stage::Stage,
    table::{Measured, Row, Unit},
    usage::Memory,
};

/// Clients that register while memory is measured.
const CLIENTS: usize = 64;
/// The time after which work at the start is done.
const SETTLED: Duration = Duration::from_secs(1);
const RIVAL: &str = "plain Axum";

pub(super) fn measure(stage: &mut Stage) -> Result<Vec<Row>> {
    progress("(f) memory and start time");
    let mut rows = Vec::new();
    let sqlite = stage.sqlite()?;
    let embedded = Installation::on(stage, &sqlite.url)?;
    rows.extend(started(stage, "embedded", || embedded.serve(&stage.runtime))?);

    let database = stage.postgres()?;
    let mut site = Site::open(stage, database)?;
    rows.extend(started(stage, "server without worker", || {
        site.installation.serve_without_worker(&stage.runtime)
    })?);

    let mut worker = Row::alone("(f) memory, worker at rest", Unit::MiB);
    let mut busy = Row::alone(
        format!("(f) peak memory, server after {CLIENTS} clients registered"),
        Unit::MiB,
    );
    for _ in 0..stage.sizes.rounds {
        let process = site.installation.worker()?;
        worker.add(Measured::value(at_rest(&process)?));
        site.server = site.installation.serve_without_worker(&stage.runtime)?;
        site.register(stage, 1, CLIENTS, Amount::For(stage.sizes.time))?;
        busy.add(Measured::value(Memory::of(site.server.pid())?.peak));
    }
    rows.extend([worker, busy]);
    Ok(rows)
}

/// The time from the start of the process to its first response, and its memory at rest.
fn started(stage: &Stage, what: &str, start: impl Fn() -> Result<Server>) -> Result<[Row; 2]> {
    let mut time = Row::against(RIVAL, format!("(f) start, {what}"), Unit::Milliseconds);
    let mut memory = Row::against(RIVAL, format!("(f) memory, {what}, at rest"), Unit::MiB);
    for _ in 0..stage.sizes.rounds {
        let (ours, theirs) = (start()?, plain_axum(stage, b"{}")?);
        time.compare(Measured::time(ours.start_time), Measured::time(theirs.start_time));
        memory.compare(Measured::value(at_rest(&ours)?), Measured::value(at_rest(&theirs)?));
    }
    Ok([time, memory])
}

fn at_rest(process: &Server) -> Result<f64> {
    thread::sleep(SETTLED);
    Ok(Memory::of(process.pid())?.now)
}
