//! (a), (b), (h) and half of (g): registrations per second over HTTP.

use crate::{
    Result, progress,
    rivals::{Pgbench, Script, sqlite},
    site::{Amount, Site},
    stage::Stage,
    table::{Measured, Row, Unit},
};

/// Clients of the rows that have one number of them.
const CLIENTS: usize = 64;
/// Visitors who search without a pause.
const VISITORS: usize = 16;

/// Against pgbench in the same database, without a worker.
pub(super) fn on_postgres(stage: &mut Stage, title: &str, competitions: usize) -> Result<Vec<Row>> {
    progress(title);
    let database = stage.postgres()?;
    let mut site = Site::open(stage, database)?;
    let mut pgbench = Pgbench::beside(&site.database, stage)?;
    let sizes = stage.sizes;
    warm_up(stage, &mut site)?;

    let mut rows = Vec::new();
    for clients in stage.clients() {
        let what = format!("{title}, clients: {clients}");
        progress(&what);
        let mut compared =
            Script::ALL.map(|script| Row::against(script.name(), &what, Unit::PerSecond));
        for _ in 0..sizes.rounds {
            let (_, ours) = site.register(stage, competitions, clients, Amount::For(sizes.time))?;
            for (row, script) in compared.iter_mut().zip(Script::ALL) {
                let theirs = pgbench.run(script, competitions, clients, sizes.time)?;
                row.compare(Measured::from(&ours), theirs);
            }
        }
        rows.extend(compared);
    }
    Ok(rows)
}

/// Two servers that share the load, and the latency of a competition beside a hot one.
pub(super) fn shared(stage: &mut Stage) -> Result<Vec<Row>> {
    let database = stage.postgres()?;
    let mut site = Site::open(stage, database)?;
    let mut pgbench = Pgbench::beside(&site.database, stage)?;
    let sizes = stage.sizes;
    warm_up(stage, &mut site)?;

    let what = format!("(b) registering for another one beside {CLIENTS} clients");
    progress(&what);
    let mut beside = Row::against("the same without them", what, Unit::Milliseconds);
    for _ in 0..sizes.rounds {
        let rush = site.register_beside_a_rush(stage, CLIENTS, sizes.time)?;
        let (_, alone) = site.register(stage, 1, 1, Amount::For(sizes.time))?;
        beside.compare(Measured::latency(&rush), Measured::latency(&alone.latencies));
    }

    site.add_server(stage)?;
    warm_up(stage, &mut site)?;
    let mut rows = vec![beside];
    for (title, competitions) in [("one hot competition", 1), ("50 competitions", 50)] {
        let what = format!("(b) two servers, {title}, clients: {CLIENTS}");
        progress(&what);
        let script = Script::Transaction;
        let mut row = Row::against(script.name(), what, Unit::PerSecond);
        for _ in 0..sizes.rounds {
            let (_, ours) = site.register(stage, competitions, CLIENTS, Amount::For(sizes.time))?;
            let theirs = pgbench.run(script, competitions, CLIENTS, sizes.time)?;
            row.compare(Measured::from(&ours), theirs);
        }
        rows.push(row);
    }
    Ok(rows)
}

/// While visitors search a long list for words that no competition has, each search different.
pub(super) fn beside_searches(stage: &mut Stage) -> Result<Vec<Row>> {
    let database = stage.postgres()?;
    let mut site = Site::open(stage, database)?;
    let sizes = stage.sizes;
    let what = format!(
        "(h) registering beside {VISITORS} visitors who search {} competitions, clients: {CLIENTS}",
        sizes.searched
    );
    progress(&what);
    site.database.add_competitions(sizes.searched, 1)?;
    site.database.shell.run("ANALYZE;")?;
    warm_up(stage, &mut site)?;
    let mut row = Row::against("the same without them", what, Unit::PerSecond);
    for _ in 0..sizes.rounds {
        let beside = site.register_beside_searches(stage, CLIENTS, VISITORS, sizes.time)?;
        let (_, alone) = site.register(stage, 1, CLIENTS, Amount::For(sizes.time))?;
        row.compare(Measured::from(&beside), Measured::from(&alone));
    }
    Ok(vec![row])
}

/// Against SQLite's shell on the same file. It has one client, because SQLite has one writer.
pub(super) fn embedded(stage: &mut Stage) -> Result<Vec<Row>> {
    let title = "(g) embedded, one hot competition";
    let database = stage.sqlite()?;
    let mut site = Site::open(stage, database)?;
    let sizes = stage.sizes;
    warm_up(stage, &mut site)?;

    let mut rows = Vec::new();
    for clients in stage.clients() {
        let what = format!("{title}, clients: {clients}");
        progress(&what);
        let mut row = Row::against("sqlite3: transaction, 1 client", what, Unit::PerSecond);
        for _ in 0..sizes.rounds {
            let (_, ours) = site.register(stage, 1, clients, Amount::For(sizes.time))?;
            let theirs = sqlite(&mut site.database, sizes.people, sizes.time)?;
            row.compare(Measured::from(&ours), theirs);
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Warms up caches and database connections.
fn warm_up(stage: &Stage, site: &mut Site) -> Result {
    site.register(stage, 1, 8, Amount::For(stage.sizes.time / 5)).map(drop)
}
