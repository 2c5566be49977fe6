//! (e): logins per second, against bcrypt alone.

use crate::{
    Result,
    http::Load,
    participants::login,
    process::Installation,
    progress,
    rivals::bcrypt,
    stage::{BCRYPT_COST, Stage},
    table::{Measured, Row, Unit},
};

/// More than the cores, so that no core waits for the next request.
const CLIENTS: usize = 8;
const PEOPLE: usize = 50;

pub(super) fn measure(stage: &mut Stage) -> Result<Vec<Row>> {
    progress("(e) logins");
    let mut database = stage.postgres()?;
    let installation = Installation::on(stage, &database.url)?;
    database.add_people(PEOPLE, &stage.password_hash)?;
    let server = installation.serve_without_worker(&stage.runtime)?;

    let what = format!("(e) logins at cost {BCRYPT_COST}, clients: {CLIENTS}");
    let mut row = Row::against("bcrypt alone, on every core", what, Unit::PerSecond);
    let time = stage.sizes.login_time;
    for _ in 0..stage.sizes.rounds {
        let requests = (1..=PEOPLE).map(login).collect();
        let load = Load { requests, repeat: true, clients: CLIENTS, time, status: 200 };
        let ours = load.run(&stage.runtime, &[server.address])?;
        row.compare(Measured::from(&ours), bcrypt(&stage.password_hash, time)?);
    }
    Ok(vec![row])
}
