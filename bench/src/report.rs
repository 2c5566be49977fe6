//! Renders the results, and writes them into `BENCHMARKS.md`.

use std::fs;

use crate::{Result, Row, table};

const FILE: &str = "BENCHMARKS.md";
/// The results are between these markers; the rest of the file is written by hand.
const BEGIN: &str = "<!-- results: begin, written by `make bench ARGS=--write` -->\n";
const END: &str = "<!-- results: end -->\n";

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
    let text = read()?;
    let text = replaced(&text, results).ok_or_else(|| format!("{FILE} has lost its markers"))?;
    Ok(fs::write(FILE, text)?)
}

fn replaced(text: &str, results: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{results}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_between_the_markers_is_replaced() {
        let old = format!("# Title\n{BEGIN}old\n{END}\nprose\n");
        let new = replaced(&old, "new\n").unwrap();
        assert_eq!(new, format!("# Title\n{BEGIN}\nnew\n\n{END}\nprose\n"));
        assert_eq!(replaced(&new, "new\n").as_ref(), Some(&new));
        assert_eq!(replaced("# Title\n", "new\n"), None);
    }
}
