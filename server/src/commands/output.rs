//! What commands write to standard output: tables for people, JSON for scripts.

use std::io::Write as _;

use serde::Serialize;

use super::Result;

/// Writes a text and a line break.
pub(super) fn print(text: &str) -> Result {
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}

/// Writes a value as JSON, indented.
pub(super) fn print_json(value: &impl Serialize) -> Result {
    print(&serde_json::to_string_pretty(value)?)
}

/// Rows below a head, in columns that are as wide as their widest cell. A column of numbers is
/// aligned to the right. Control characters become spaces, so that a stored text cannot write over
/// the table.
pub(super) fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let rows: Vec<[String; N]> =
        rows.into_iter().map(|row| row.map(|cell| cell.replace(char::is_control, " "))).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or_default()
    };
    let is_number = |column: usize| {
        !rows.is_empty() && rows.iter().all(|row| row[column].bytes().all(|b| b.is_ascii_digit()))
    };
    let columns: [(usize, bool); N] =
        std::array::from_fn(|column| (width(column), is_number(column)));
    let line = |cells: [&str; N]| {
        let cells = cells.iter().zip(columns).map(|(cell, (width, is_number))| {
            if is_number { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let body = rows.iter().map(|row| line(std::array::from_fn(|column| &*row[column])));
    std::iter::once(line(head)).chain(body).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_cells_and_numbers_are_aligned_to_the_right() {
        let rows = [
            ["mailbox".into(), "7".into(), "a\nb".into()],
            ["é".into(), "1234".into(), String::new()],
        ];
        let expected = "TABLE    ROWS  NOTE\nmailbox     7  a b\né        1234";
        assert_eq!(table(["TABLE", "ROWS", "NOTE"], rows), expected);
        assert_eq!(table(["A", "B"], []), "A  B");
    }
}
