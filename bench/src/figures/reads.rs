//! (c): reading competitions, against a plain Axum handler with the same bytes in memory.

use std::net::SocketAddr;

use crate::{
    Result,
    http::{Connection, Load, Outcome, get, get_as},
    process::{Installation, Server},
    progress,
    rivals::plain_axum,
    sql::uuid,
    stage::Stage,
    table::{Measured, Row, Unit},
};

/// Enough to keep two cores busy.
const CLIENTS: usize = 64;
/// The number of different competitions that are read in rotation.
const DISTINCT: usize = 200;
const LIST: &str = "/api/competitions";
/// The header that browsers send.
const COMPRESSED: &str = "Accept-Encoding: gzip, deflate, br, zstd\r\n";
const RIVAL: &str = "plain Axum, same bytes";

pub(super) fn measure(stage: &mut Stage) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for competitions in stage.sizes.lists {
        progress(&format!("(c) {competitions} competitions"));
        let mut database = stage.postgres()?;
        let installation = Installation::on(stage, &database.url)?;
        database.add_people(1, &stage.password_hash)?;
        database.add_competitions(competitions, 100)?;
        database.shell.run("ANALYZE;")?;
        let server = installation.serve_without_worker(&stage.runtime)?;

        let one: Vec<String> = (0..DISTINCT.min(competitions))
            .map(|number| format!("{LIST}/{}", uuid(number)))
            .collect();
        let get_all = |paths: &[String]| paths.iter().map(|path| get(path)).collect();
        // In a rush, everybody loads one page.
        let page = format!("/competitions/{}", uuid(0));
        for (path, requests) in [
            (LIST, vec![get(LIST)]),
            ("/api/competitions/:id", get_all(&one)),
            ("/competitions, the page compressed", vec![get_as("/competitions", COMPRESSED)]),
            ("/competitions/:id, the page compressed", vec![get_as(&page, COMPRESSED)]),
        ] {
            let what = format!("(c) GET {path} of {competitions}, clients: {CLIENTS}");
            rows.push(row(stage, &server, what, requests)?);
        }
    }
    Ok(rows)
}

fn row(stage: &Stage, server: &Server, what: String, requests: Vec<Vec<u8>>) -> Result<Row> {
    let mut row = Row::against(RIVAL, what, Unit::PerSecond);
    let body = stage.runtime.block_on(body(server.address, &requests[0]))?;
    let plain = plain_axum(stage, &body)?;
    load(stage, server.address, &requests, 5)?;
    for _ in 0..stage.sizes.rounds {
        let ours = load(stage, server.address, &requests, 1)?;
        let theirs = load(stage, plain.address, &requests, 1)?;
        row.compare(Measured::from(&ours), Measured::from(&theirs));
    }
    Ok(row)
}

/// Sends the requests in rotation for a fraction of the usual time.
fn load(stage: &Stage, server: SocketAddr, requests: &[Vec<u8>], divisor: u32) -> Result<Outcome> {
    let requests = requests.to_vec();
    let time = stage.sizes.time / divisor;
    Load { requests, repeat: true, clients: CLIENTS, time, status: 200 }
        .run(&stage.runtime, &[server])
}

async fn body(server: SocketAddr, request: &[u8]) -> Result<Vec<u8>> {
    let mut connection = Connection::open(server).await?;
    let response = connection.exchange(request).await?;
    if response.status == 200 {
        Ok(response.body.to_owned())
    } else {
        let request = String::from_utf8_lossy(request);
        let line = request.lines().next().unwrap_or_default();
        Err(format!("{line} was answered {}", response.status).into())
    }
}
