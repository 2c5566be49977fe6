//! Renders the results, and writes them into `BENCHMARKS.md`.

use std::fs;

use crate::{Result, Row, table};

pub(crate) const FILE: &str = "BENCHMARKS.md";

/// The lines between which results stand; the rest of the file is written by hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Markers {
    pub(crate) begin: &'static str,
    pub(crate) end: &'static str,
}

const RESULTS: Markers = Markers {
    begin: "<!-- results: begin, written by `make bench ARGS=--write` -->\n",
    end: "<!-- results: end -->\n",
};

/// The machine and the table.
pub(crate) fn render(machine: &str, rows: &[Row]) -> String {
    let rows: String = rows.iter().map(ToString::to_string).collect();
    format!("{machine}\n{}{rows}", table::HEAD)
}

/// The text of `BENCHMARKS.md`.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn read() -> Result<String> {
    Ok(fs::read_to_string(FILE).map_err(|error| format!("{FILE}: {error}"))?)
}

/// Replaces the results in `BENCHMARKS.md`.
///
/// # Errors
/// When the file lacks the markers.
pub(crate) fn write(results: &str) -> Result {
    write_between(&RESULTS, results)
}

/// Replaces what stands between markers in `BENCHMARKS.md`.
///
/// # Errors
/// When the file lacks the markers.
pub(crate) fn write_between(markers: &Markers, results: &str) -> Result {
    let text = read()?;
    let text = replaced(markers, &text, results);
    let text = text.ok_or_else(|| format!("{FILE} has lost its markers"))?;
    Ok(fs::write(FILE, text)?)
}

fn replaced(Markers { begin, end }: &Markers, text: &str, results: &str) -> Option<String> {
    let (before, rest) = text.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{begin}\n{results}\n{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_between_the_markers_is_replaced() {
        let Markers { begin, end } = RESULTS;
        let old = format!("# Title\n{begin}old\n{end}\nprose\n");
        let new = replaced(&RESULTS, &old, "new\n").unwrap();
        assert_eq!(new, format!("# Title\n{begin}\nnew\n\n{end}\nprose\n"));
        assert_eq!(replaced(&RESULTS, &new, "new\n").as_ref(), Some(&new));
        assert_eq!(replaced(&RESULTS, "# Title\n", "new\n"), None);
    }
}
