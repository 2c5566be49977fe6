//! The comparison of a run with the results in `BENCHMARKS.md`.

use std::collections::HashMap;

use crate::table::Row;

/// How much worse than its committed ratio a row may be.
const TOLERANCE: f64 = 0.10;

/// A sentence for each row whose ratio is worse than the committed one by more than the tolerance,
/// in its best round, and for each row that `text`, that of `BENCHMARKS.md`, lacks.
pub(crate) fn regressions(text: &str, rows: &[Row]) -> Vec<String> {
    let committed = ratios(text);
    let regression = |row: &Row| {
        let (best, heading) = (row.best_ratio()?, row.heading()?);
        let Some(&before) = committed.get(&heading) else {
            let (what, rival) = heading;
            return Some(format!("{what}: {best:.2} × {rival}, and no row in BENCHMARKS.md"));
        };
        let is_worse = if row.is_better_when_greater() {
            best < before * (1.0 - TOLERANCE)
        } else {
            best > before * (1.0 + TOLERANCE)
        };
        let (what, rival) = heading;
        is_worse.then(|| format!("{what}: {best:.2} × {rival}, and {before:.2} in BENCHMARKS.md"))
    };
    rows.iter().filter_map(regression).collect()
}

/// The ratios of the table, by the columns "What" and "Compared with".
fn ratios(text: &str) -> HashMap<(String, String), f64> {
    let ratio = |line: &str| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, what, _, _, _, rival, _, _, _, ratio, _] = cells[..] else { return None };
        let ratio = ratio.strip_prefix("**")?.split("**").next()?.parse().ok()?;
        Some(((what.to_owned(), rival.to_owned()), ratio))
    };
    text.lines().filter_map(ratio).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Measured, Unit};

    fn row(unit: Unit, rounds: &[(f64, f64)]) -> Row {
        let mut row = Row::against("theirs", "ours", unit);
        for (ours, theirs) in rounds {
            row.compare(Measured::value(*ours), Measured::value(*theirs));
        }
        row
    }

    /// The regressions of a run with these rounds against a committed ratio of 2.00.
    fn against_two(unit: Unit, rounds: &[(f64, f64)]) -> Vec<String> {
        let committed = row(unit, &[(2.0, 1.0)]).to_string();
        regressions(&format!("# Title\n{committed}"), &[row(unit, rounds)])
    }

    #[test]
    fn a_rate_that_is_lower_in_each_round_is_a_regression() {
        assert_eq!(
            against_two(Unit::PerSecond, &[(1.7, 1.0), (1.5, 1.0)]),
            ["ours: 1.70 × theirs, and 2.00 in BENCHMARKS.md"]
        );
        assert!(against_two(Unit::PerSecond, &[(1.5, 1.0), (1.9, 1.0)]).is_empty());
        assert!(against_two(Unit::PerSecond, &[(9.0, 1.0)]).is_empty());
    }

    #[test]
    fn a_time_that_is_longer_in_each_round_is_a_regression() {
        assert_eq!(against_two(Unit::Milliseconds, &[(2.3, 1.0), (2.5, 1.0)]).len(), 1);
        assert!(against_two(Unit::Milliseconds, &[(2.5, 1.0), (2.1, 1.0)]).is_empty());
    }

    #[test]
    fn a_row_without_a_committed_ratio_is_reported_and_one_without_a_rival_is_not() {
        let new = row(Unit::PerSecond, &[(1.0, 1.0)]);
        let alone = Row::alone("memory", Unit::MiB);
        assert_eq!(
            regressions("# Title\n", &[new, alone]),
            ["ours: 1.00 × theirs, and no row in BENCHMARKS.md"]
        );
    }
}
