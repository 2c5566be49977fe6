//! The table of lists in `BENCHMARKS.md`.

use std::{fmt::Write as _, time::Duration};

use crate::{http::Latencies, options::Size};

const HEAD: &str = "\
| List | Before, p50 / p99, ms | p50 / p99, ms |
|---|--:|--:|
";

/// A list, and how long it took.
#[derive(Debug)]
pub(super) struct Timed {
    name: String,
    p50: Duration,
    p99: Duration,
}

impl Timed {
    pub(super) fn new(name: String, latencies: &Latencies) -> Self {
        Self { name, p50: latencies.p50(), p99: latencies.p99() }
    }
}

/// The table. The column of the figures before is that of the table in `document`, for the rows
/// that it has.
pub(super) fn render(
    machine: &str,
    size: &Size,
    filling: u64,
    rows: &[Timed],
    document: &str,
) -> String {
    let mut text = format!("{machine}- Size: {size}, filled in within {filling} s\n\n{HEAD}");
    for Timed { name, p50, p99 } in rows {
        let before = before(document, name).unwrap_or("–");
        let (p50, p99) = (short(*p50), short(*p99));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {name} | {before} | {p50} / {p99} |");
    }
    text
}

/// The figures before, of the row with this name.
fn before<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let row = document.lines().find_map(|line| line.strip_prefix(&format!("| {name} | ")))?;
    row.split(" | ").next()
}

fn short(time: Duration) -> String {
    format!("{:.1}", 1000.0 * time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_from_before_stay_beside_new_ones() {
        let size = Size { participants: 2, competitions: 3, registrations: 4 };
        let latencies = Latencies::new(vec![Duration::from_millis(2)]);
        let rows = ["Roster", "Mailbox"].map(|name| Timed::new(name.to_owned(), &latencies));
        let document = "| Roster | 80.0 / 231.0 | 9.0 / 9.0 |\n";
        let table = render("- Machine\n", &size, 5, &rows, document);
        assert!(table.ends_with(
            "| Roster | 80.0 / 231.0 | 2.0 / 2.0 |\n\
                 | Mailbox | – | 2.0 / 2.0 |\n"
        ));
    }
}
