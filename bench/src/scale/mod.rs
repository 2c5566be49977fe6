//! `--scale`: how long each list takes in a database with a million rows.
//!
//! `mini-compete seed` fills a database of its own. Then each list, search, count and export is
//! requested by one client, each time at another address, because the server keeps a response for
//! half a second.

mod accounts;
mod filled;
mod requests;
mod table;

use std::{fs, time::Instant};

use self::{accounts::Accounts, filled::Filled, table::Timed};
use crate::{
    Result,
    http::{Connection, Latencies},
    process::Installation,
    progress,
    report::{self, Markers},
    site::Site,
    stage::Stage,
};

/// Requests of a row that are measured.
const REQUESTS: usize = 60;
/// The same of an export of a whole roster.
const EXPORTS: usize = 5;
/// Requests before those, which open connections to the database.
const WARM_UP: usize = 5;
/// Clients that register, and visitors who search meanwhile.
const CLIENTS: usize = 64;
const VISITORS: usize = 16;
const MARKERS: Markers = Markers {
    begin: "<!-- scale: begin, written by `make bench-scale ARGS=--write` -->\n",
    end: "<!-- scale: end -->\n",
};

/// Measures, and returns the report.
///
/// # Errors
/// When a program fails, or a response is unexpected.
pub(crate) fn run(stage: &mut Stage, machine: &str) -> Result<String> {
    let database = stage.postgres()?;
    let installation = Installation::on(stage, &database.url)?;
    let size = stage.options.size;
    progress(&format!("filling in {size}"));
    let began = Instant::now();
    installation.seed(&size)?;
    let filling = began.elapsed().as_secs();
    let mut site = Site::open(stage, database)?;
    let address = site.server.address;
    let accounts = stage.runtime.block_on(Accounts::log_in(address))?;
    let filled = Filled::look(&mut site.database.shell)?;
    let mut rows = Vec::new();
    for list in requests::lists(&filled) {
        progress(&list.name);
        let count = if list.is_export { EXPORTS } else { REQUESTS };
        let measured = async {
            let mut connection = Connection::open(address).await?;
            let mut latencies = Vec::with_capacity(count);
            // Addresses from the far end: those that are measured are not kept from the warm-up.
            let warm_up = (count..count + WARM_UP).filter(|_| !list.is_export);
            for number in warm_up.chain(0..count) {
                let request = accounts.get(list.who, &(list.path)(number));
                let sent = Instant::now();
                let response = connection.exchange(&request).await?;
                if number < count {
                    latencies.push(sent.elapsed());
                }
                if response.status != 200 {
                    let (name, status) = (&list.name, response.status);
                    return Err(format!("{name} answered {status}").into());
                }
            }
            Ok::<_, Box<dyn std::error::Error>>(Latencies::new(latencies))
        };
        let latencies = stage.runtime.block_on(measured)?;
        rows.push(Timed::new(list.name, &latencies));
    }
    let what = format!("Registrations of {CLIENTS} clients beside {VISITORS} visitors who search");
    progress(&what);
    let beside = site.register_beside_searches(stage, CLIENTS, VISITORS, stage.sizes.time)?;
    rows.push(Timed::new(what, &beside.latencies));
    let text = fs::read_to_string(report::FILE)?;
    let results = table::render(machine, &size, filling, &rows, &text);
    if stage.options.write {
        report::write_between(&MARKERS, &results)?;
    }
    Ok(results)
}
