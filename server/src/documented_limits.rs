//! Compares the figures and codes of `docs/api.md` with the program.

use std::{collections::BTreeSet, time::Duration};

use chrono::TimeDelta;
use domain::{
    AnswerText, ErrorCode, MAX_ACCESS_CODES, MAX_ASSETS, MAX_ASSETS_A_DAY, MAX_CAPACITY,
    MAX_INVITATIONS, MAX_INVITATIONS_A_DAY, MAX_INVITED_AT_ONCE, MAX_MESSAGES, MAX_MESSAGES_A_DAY,
    MAX_OPTIONS, MAX_PAGE_SIZE, MAX_QUESTIONS, MAX_REVIEWED, MAX_STORED_QUESTIONS, MAX_UPLOAD,
    MAX_WAITLIST,
};
use serde_json::Value;
use service::{
    LoginLimits, MAX_GUESSES, accounts::email, assets::MAX_PIXELS, idempotency, jobs,
    mail::mailbox, password_reset, sessions,
};
use utoipa::PartialSchema;

use crate::{
    Allowance, HttpLimits, StreamLimits, TokenLifetime,
    options::TrafficOptions,
    response_cache,
    security::{body, head},
};

const DOCUMENT: &str = include_str!("../../docs/api.md");

/// The rows of the last table of a section, without those of its head.
fn rows(section: &str) -> BTreeSet<Vec<String>> {
    let (_, text) = DOCUMENT.split_once(&format!("\n## {section}\n")).expect("the section");
    let text = text.split("\n## ").next().unwrap_or_default();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'));
    let cells = rows.map(|row| row.split('|').map(|cell| cell.trim().to_owned()).collect());
    cells.skip(1).collect()
}

fn row(limit: &str, value: impl Into<String>, option: &str) -> Vec<String> {
    let option = if option.is_empty() { String::new() } else { format!("`{option}`") };
    vec![limit.to_owned(), value.into(), option]
}

/// `12,000`.
fn grouped(number: impl Into<u64>) -> String {
    let digits = number.into().to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    groups.map(String::from_utf8_lossy).collect::<Vec<_>>().join(",")
}

fn kib(bytes: usize) -> String {
    format!("{} KiB", bytes / 1024)
}

/// The largest of these units that divides a time.
fn time(time: Duration) -> String {
    let millis = u64::try_from(time.as_millis()).unwrap();
    let units = [(86_400_000, "day"), (3_600_000, "hour"), (1_000, "second"), (1, "millisecond")];
    let (unit, name) = units.into_iter().find(|(unit, _)| millis % unit == 0).unwrap();
    let number = millis / unit;
    format!("{number} {name}{}", if number == 1 { "" } else { "s" })
}

fn delta(delta: TimeDelta) -> String {
    time(delta.to_std().unwrap())
}

fn allowance(Allowance { burst, per_minute }: Allowance) -> String {
    format!("{} at once, {} a minute", grouped(burst.get()), grouped(per_minute.get()))
}

/// A length in the description of the API: of a schema, or of a parameter with this name.
fn length(description: &Value, name: &str) -> String {
    let schema = &description["components"]["schemas"][name];
    let operations = description["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values());
    let parameters =
        operations.flat_map(|operation| operation["parameters"].as_array().into_iter().flatten());
    let mut found = parameters.filter(|parameter| parameter["name"] == name);
    let schema = if schema.is_null() { &found.next().unwrap()["schema"] } else { schema };
    grouped(schema["maxLength"].as_u64().unwrap())
}

#[test]
fn the_document_has_every_limit_as_it_is() {
    let description: Value = serde_json::from_str(&crate::openapi()).unwrap();
    let characters = |name: &str| format!("{} characters", length(&description, name));
    let new = &description["components"]["schemas"]["CompetitionInput"]["properties"];
    let tags = format!("{} of {} characters", new["tags"]["maxItems"], length(&description, "Tag"));
    assert_eq!(mailbox::MAX_LISTED, jobs::MAX_LISTED);
    let (traffic, streams) = (TrafficOptions::default(), StreamLimits::default());
    let logins = LoginLimits::default();
    let failures = |number: u32| {
        format!("{} in {} minutes", grouped(number), LoginLimits::WINDOW.num_minutes())
    };
    let links = format!(
        "1 in {} seconds, {} valid at once",
        password_reset::AT_MOST_EVERY,
        password_reset::AT_ONCE
    );
    let verifications = format!(
        "1 in {} seconds, {} an hour",
        email::AT_MOST_EVERY.num_seconds(),
        email::MAILS_AN_HOUR
    );
    let expected = [
        row("Items on a page or in a part", grouped(MAX_PAGE_SIZE), ""),
        row("Messages or dead letters in a list without a cursor", grouped(jobs::MAX_LISTED), ""),
        row("Body of a request", kib(body::MAX_BODY), ""),
        row("Nesting of JSON in a body", format!("{} levels", body::MAX_DEPTH), ""),
        row("Path and query", kib(head::MAX_URI), ""),
        row("Headers of a request", kib(head::MAX_HEADERS), ""),
        row("`Idempotency-Key`", characters("Idempotency-Key"), ""),
        row("Words to search for", characters("search"), ""),
        row("Name of a user", characters("PersonName"), ""),
        row("Email address", characters("Email"), ""),
        row(
            "Password",
            format!(
                "{} characters to {} bytes",
                description["components"]["schemas"]["Password"]["minLength"],
                length(&description, "Password"),
            ),
            "",
        ),
        row("Title of a competition", characters("Title"), ""),
        row("Description of a competition", characters("Description"), ""),
        row(
            "Rules, prizes and schedule of a competition",
            format!("{} each", characters("SectionText")),
            "",
        ),
        row("Tags of a competition", tags, ""),
        row("Seats of a competition", grouped(MAX_CAPACITY), ""),
        row("Waiting list of a competition", grouped(MAX_WAITLIST), ""),
        row("Registrations in an approval, promotion or rejection", MAX_REVIEWED.to_string(), ""),
        row(
            "Questions of a competition",
            format!("{MAX_QUESTIONS}, with those removed {MAX_STORED_QUESTIONS}"),
            "",
        ),
        row("Question", characters("QuestionLabel"), ""),
        row(
            "Options of a question",
            format!("{MAX_OPTIONS} of {} characters", length(&description, "QuestionOption")),
            "",
        ),
        row(
            "Answer in one's own words",
            format!(
                "{} characters, as a long text {}",
                grouped(AnswerText::MAX_LINE as u64),
                grouped(AnswerText::MAX_PARAGRAPHS as u64)
            ),
            "",
        ),
        row(
            "Access codes of a competition",
            format!(
                "{MAX_ACCESS_CODES} of {} to {} characters",
                description["components"]["schemas"]["AccessCode"]["minLength"],
                length(&description, "AccessCode"),
            ),
            "",
        ),
        row(
            "Access codes of a participant that are not valid",
            format!("{}, for each competition", failures(MAX_GUESSES.unsigned_abs())),
            "",
        ),
        row("Addresses in a request to invite", MAX_INVITED_AT_ONCE.to_string(), ""),
        row("Invitations to a competition", grouped(MAX_INVITATIONS), ""),
        row(
            "Invitations of an organizer",
            format!("{} in 24 hours", grouped(MAX_INVITATIONS_A_DAY)),
            "",
        ),
        row(
            "Message to participants",
            format!(
                "{} characters, its subject {}",
                length(&description, "MessageText"),
                length(&description, "MessageSubject")
            ),
            "",
        ),
        row("Messages of a competition", MAX_MESSAGES.to_string(), ""),
        row("Messages of an organizer", format!("{MAX_MESSAGES_A_DAY} in 24 hours"), ""),
        row(
            "Picture",
            format!("{} MB and {} pixels", MAX_UPLOAD / 1024 / 1024, grouped(MAX_PIXELS)),
            "",
        ),
        row(
            "Pictures of an organizer",
            format!("{MAX_ASSETS_A_DAY} in 24 hours, {} in all", grouped(MAX_ASSETS)),
            "",
        ),
        row("Description of a cover", characters("CoverAlt"), ""),
        row("Reads by one address", allowance(traffic.rate_limit_reads), "RATE_LIMIT_READS"),
        row("Writes by one address", allowance(traffic.rate_limit_writes), "RATE_LIMIT_WRITES"),
        row(
            "Credentials by one address",
            allowance(traffic.rate_limit_credentials),
            "RATE_LIMIT_CREDENTIALS",
        ),
        row("Reads by one user", allowance(traffic.rate_limit_user_reads), "RATE_LIMIT_USER_READS"),
        row(
            "Writes by one user",
            allowance(traffic.rate_limit_user_writes),
            "RATE_LIMIT_USER_WRITES",
        ),
        row(
            "Credentials by one user",
            allowance(traffic.rate_limit_user_credentials),
            "RATE_LIMIT_USER_CREDENTIALS",
        ),
        row(
            "Failed logins to one account",
            failures(logins.per_account),
            "LOGIN_FAILURES_PER_ACCOUNT",
        ),
        row(
            "Failed logins from one address before delays",
            failures(logins.per_address),
            "LOGIN_FAILURES_PER_ADDRESS",
        ),
        row("Links to reset a password for one address", links, ""),
        row("Mails to verify one address, or that one account asks for", verifications, ""),
        row("Connections", grouped(traffic.connections), "CONNECTIONS"),
        row(
            "Connections of one address",
            grouped(traffic.connections_per_address),
            "CONNECTIONS_PER_ADDRESS",
        ),
        row("Event streams", grouped(streams.total), "EVENT_STREAMS"),
        row(
            "Event streams of one address",
            grouped(streams.per_address),
            "EVENT_STREAMS_PER_ADDRESS",
        ),
        row("Event streams of one user", grouped(streams.per_user), "EVENT_STREAMS_PER_USER"),
    ];
    assert_eq!(rows("Limits"), expected.into());
}

#[test]
fn the_document_has_every_lifetime_as_it_is() {
    let limits = HttpLimits::default();
    let stream = StreamLimits::default().lifetime.as_secs();
    let stream = format!("{} to {} minutes", stream / 60, stream * 3 / 2 / 60);
    let token = Duration::from_secs(TokenLifetime::default().seconds().unsigned_abs());
    let token = format!("{} hours", token.as_secs() / 3600);
    let replay = format!("{} hours", idempotency::RESPONSE_TTL.as_secs() / 3600);
    let shared = TimeDelta::milliseconds(response_cache::MAX_AGE_MS);
    let expected = [
        row("Response to an `Idempotency-Key`", replay, ""),
        row("Access token", token, "JWT_EXPIRATION"),
        row("Refresh token", delta(service::refresh_tokens::LIFETIME), ""),
        row("Refresh token after its first use", delta(service::refresh_tokens::GRACE), ""),
        row("Session of a browser without use", delta(sessions::MAX_UNUSED), ""),
        row("Session of a browser in all", delta(sessions::MAX_TOTAL), ""),
        row("Link to reset a password", delta(password_reset::LIFETIME), ""),
        row("Link and code to verify an email address", delta(email::LIFETIME), ""),
        row("Event stream", stream, ""),
        row("Shared response to a public read", delta(shared), ""),
        row("Time for the head of a request", time(limits.head_time), ""),
        row("Time for the body of a request", time(limits.body_time), ""),
        row("Time for the response", time(limits.request_time), ""),
        row("Time for the client to take the response", time(limits.send_time), ""),
        row("Idle connection", time(limits.keep_alive), "KEEP_ALIVE"),
    ];
    assert_eq!(rows("Lifetimes"), expected.into());
}

#[test]
fn the_document_has_every_error_code_with_its_status() {
    let schema = serde_json::to_value(ErrorCode::schema()).unwrap();
    let codes = schema["enum"].as_array().unwrap().iter().map(|code| {
        let status = serde_json::from_value::<ErrorCode>(code.clone()).unwrap().status();
        (status.to_string(), format!("`{}`", code.as_str().unwrap()))
    });
    let documented: BTreeSet<_> =
        rows("Errors").into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    assert_eq!(documented, codes.collect());
}
