//! pgbench on tables of the same shape, with only the statements that a registration needs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread::available_parallelism,
    time::Duration,
};

use tempfile::TempDir;

use crate::{
    Result,
    http::Latencies,
    sql::{Database, Shell, uuid},
    stage::Stage,
    table::Measured,
};

/// The number of users that schema.sql creates.
const PARTICIPANTS: usize = 300_000;
/// Seats of each competition, more than are taken.
const SEATS: usize = 1_000_000;

/// The script of a client.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Script {
    /// BEGIN; SELECT … FOR UPDATE; INSERT; UPDATE; COMMIT.
    Transaction,
    /// One statement.
    Statement,
}

impl Script {
    pub(crate) const ALL: [Self; 2] = [Self::Transaction, Self::Statement];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Transaction => "pgbench: transaction with FOR UPDATE",
            Self::Statement => "pgbench: single statement",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Transaction => include_str!("../../sql/transaction.sql"),
            Self::Statement => include_str!("../../sql/statement.sql"),
        }
    }
}

/// pgbench and its tables.
#[derive(Debug)]
pub(crate) struct Pgbench {
    url: String,
    shell: Shell,
    competitions: usize,
    folder: PathBuf,
}

impl Pgbench {
    /// Creates its tables beside those of the product.
    pub(crate) fn beside(database: &Database, stage: &Stage) -> Result<Self> {
        let mut shell = Shell::postgres(&database.url)?;
        shell.run(include_str!("../../sql/schema.sql"))?;
        // So that the first round does not pay for filling the tables.
        shell.run("VACUUM ANALYZE; CHECKPOINT;")?;
        let (url, folder) = (database.url.clone(), stage.folder().to_owned());
        Ok(Self { url, shell, competitions: 0, folder })
    }

    /// Registers for new competitions at the highest rate.
    pub(crate) fn run(
        &mut self,
        script: Script,
        competitions: usize,
        clients: usize,
        time: Duration,
    ) -> Result<Measured> {
        let first = self.competitions;
        self.competitions += competitions;
        self.shell.run(&new_competitions(first, competitions))?;

        let folder = TempDir::with_prefix_in("pgbench.", &self.folder)?;
        let file = folder.path().join("script.sql");
        fs::write(&file, script.sql())?;
        let threads = clients.min(available_parallelism()?.get());
        let output = Command::new("pgbench")
            .current_dir(folder.path())
            .args(["--no-vacuum", "--protocol=prepared", "--log", "--log-prefix=log"])
            .arg(format!("--file={}", file.display()))
            .arg(format!("--client={clients}"))
            .arg(format!("--jobs={threads}"))
            .arg(format!("--time={}", time.as_secs()))
            .arg("--define=n=0")
            .arg(format!("--define=share={}", PARTICIPANTS / clients))
            .arg(format!("--define=first={first}"))
            .arg(format!("--define=competitions={competitions}"))
            .arg(&self.url)
            .output()
            .map_err(|error| format!("pgbench: {error}"))?;
        if !output.status.success() {
            return Err(
                format!("pgbench failed: {}", String::from_utf8_lossy(&output.stderr)).into()
            );
        }

        let latencies = latencies(folder.path())?;
        let rows = format!(
            "SELECT count(*) FROM rival.registrations WHERE competition_id BETWEEN '{}' AND '{}'",
            uuid(first),
            uuid(self.competitions - 1),
        );
        let (rows, logged) = (self.shell.number(&rows)?, latencies.len());
        if rows != logged {
            return Err(format!(
                "pgbench logged {logged} transactions, and the table has {rows} rows"
            )
            .into());
        }
        let per_second = per_second(&String::from_utf8_lossy(&output.stdout));
        let per_second = per_second.ok_or("pgbench reported no rate")?;
        Ok(Measured::value(per_second).with(&Latencies::new(latencies)))
    }
}

fn new_competitions(first: usize, count: usize) -> String {
    let last = first + count - 1;
    format!(
        "INSERT INTO rival.competitions (id, organizer_id, title, title_key, description,
           search_text, capacity, reg_deadline, start_date, created_at, updated_at)
         SELECT rival.id(n), rival.id(0), 'Code Sprint', 'code sprint',
           'Twenty-four hours of code.', 'code sprint twenty-four hours of code.', {SEATS},
           now() + interval '1 day', now() + interval '1 week', now(), now()
         FROM generate_series({first}, {last}) AS n;"
    )
}

/// `tps = 1234.5 (without initial connection time)`.
fn per_second(report: &str) -> Option<f64> {
    let line = report.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split(' ').next()?.parse().ok()
}

/// The latencies in the logs, of which each thread writes one.
fn latencies(folder: &Path) -> Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("log.") {
            let log = fs::read_to_string(entry.path())?;
            latencies.extend(log.lines().filter_map(latency));
        }
    }
    Ok(latencies)
}

/// A line is: client, transaction, microseconds, script, time.
fn latency(line: &str) -> Option<Duration> {
    Some(Duration::from_micros(line.split(' ').nth(2)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_and_log_of_pgbench_are_parsed() {
        let report =
            "latency average = 1.2 ms\ntps = 832.750000 (without initial connection time)\n";
        assert_eq!(per_second(report), Some(832.75));
        assert_eq!(latency("0 199 2241 0 1175850568 995598"), Some(Duration::from_micros(2241)));
    }
}
