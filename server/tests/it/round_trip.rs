//! Property tests: accepted input is returned unchanged by the write and by every read, on every
//! database. Inputs combine what keyboards, programs and attackers may send.

use std::fmt::Debug;

use axum::http::{Method, StatusCode};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::{Map, Value, json};

use crate::support::{App, Response};

const COMPETITIONS: u32 = 150;
const ACCOUNTS: u32 = 60;

/// Links, of which some are refused.
const LINKS: [&str; 9] = [
    "",
    "https://example.com",
    " HTTP://Example.COM:80/%7e?a=b&c#d ",
    "https://bücher.example/ä b",
    "https://bücher.example/ä",
    "https://[::1]:8443/",
    "https://ada:secret@example.com/",
    "javascript:alert(1)",
    "example.com",
];

/// Addresses, of which some are refused.
const ADDRESSES: [&str; 5] =
    ["", " Team@Sprint.example ", "ä@bücher.example", "Ada <ada@example.com>", "ada"];

/// Runs a property against one server.
fn hold<T: Debug>(
    cases: u32,
    input: impl Strategy<Value = T>,
    property: impl AsyncFn(&App, T) -> Result<(), TestCaseError>,
) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let app = runtime.block_on(App::new());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome =
        TestRunner::new(config).run(&input, |input| runtime.block_on(property(&app, input)));
    runtime.block_on(async move { drop(app) });
    outcome.unwrap();
}

/// A piece of text with several Unicode forms, or with characters that are invalid.
fn piece() -> impl Strategy<Value = String> {
    let known = vec![
        "e\u{301}",
        "é",
        "\u{212B}",
        "İ",
        "ß",
        "ς",
        "\u{200B}",
        "\u{200C}",
        "\u{200D}",
        "\u{200E}",
        "\u{202E}",
        "\u{2066}",
        "\u{FEFF}",
        "\u{AD}",
        "\u{FE0F}",
        "❤\u{FE0F}",
        "👩\u{200D}💻",
        "\u{1F3F4}\u{E0067}\u{E007F}",
        "\u{E0041}",
        "\u{3164}",
        "می\u{200C}خ",
        " ",
        "\u{A0}",
        "\u{3000}",
        "\t",
        "\n",
        "\r\n",
        "\u{2028}",
        "\u{85}",
        "\0",
        "\u{FFFE}",
        "%",
        "_",
        "\\",
        "'",
        "\"",
        "<b>",
        ",",
        "é\u{327}",
        "각",
        "\u{1100}\u{1161}",
        "१",
        "\u{958}",
    ];
    prop_oneof![
        4 => "[A-Za-z0-9 ]{1,6}",
        3 => proptest::sample::select(known).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ]
}

/// Mostly text that is accepted.
fn text() -> impl Strategy<Value = String> {
    let pieces = proptest::collection::vec(piece(), 0..5).prop_map(|pieces| pieces.concat());
    ("[A-Z][a-z]{0,4}", pieces).prop_map(|(first, rest)| first + &rest)
}

/// The fourth argument picks one of the many ways to write a point in time, right ones and wrong
/// ones.
fn written(year: u32, day: u32, millis: u32, way: u8) -> Value {
    let (month, day) = (day / 31 + 1, day % 31 + 1);
    let (hour, minute, second) = (millis % 25, millis % 61, millis % 62);
    let date = format!("{year:04}-{month:02}-{day:02}");
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    let text = match way {
        0 => format!("{date}T{time}Z"),
        1 => format!("{date}t{time}.{millis:03}z"),
        2 => format!("{date} {time}.{millis}99999999"),
        3 => format!("{date}T{time}+{hour:02}:{minute:02}"),
        4 => format!("{date}T{time}-{minute:02}:00"),
        5 => format!("{date}T{hour:02}:{minute:02}"),
        6 => date,
        7 => format!(" {date}T{time}.000-00:00 "),
        8 => format!("+{date}T{time}Z"),
        9 => return json!(millis),
        _ => format!("{date}T{time}.{millis:03}Z"),
    };
    text.into()
}

fn time(years: impl Strategy<Value = u32>) -> impl Strategy<Value = Value> {
    (years, 0..372_u32, 0..1_000_u32, 0..20_u8)
        .prop_map(|(year, day, millis, way)| written(year, day, millis, way))
}

fn capacity() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (1..=2_000_u32).prop_map(|number| json!(number)),
        2 => (1..=2_000_u32).prop_map(|number| json!(format!(" +0{number} "))),
        2 => (1..=2_000_u32).prop_map(|number| json!(f64::from(number))),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => any::<i64>().prop_map(|number| json!(number)),
        1 => proptest::sample::select(&["1e3", "٥", "5.0", "", "0x5"][..])
            .prop_map(|text| json!(text)),
    ]
}

fn competition() -> impl Strategy<Value = Value> {
    let zones =
        ["UTC", "Etc/UTC", "Zulu", "Europe/Berlin", " Asia/Kathmandu ", "US/Eastern", "utc"];
    let deadline = prop_oneof![8 => time(2027..2100_u32), 1 => time(0..12_000_u32)];
    let later = || {
        prop_oneof![
            2 => Just(None),
            6 => time(2100..2300_u32).prop_map(Some),
            1 => time(0..12_000_u32).prop_map(Some),
        ]
    };
    let opening = prop_oneof![4 => Just(None), 2 => time(1960..2027_u32).prop_map(Some)];
    let zone = proptest::option::of(proptest::sample::select(zones.to_vec()));
    let end = prop_oneof![
        6 => Just(None),
        3 => time(2300..2400_u32).prop_map(Some),
        1 => time(0..12_000_u32).prop_map(Some),
    ];
    let link = || proptest::option::of(proptest::sample::select(LINKS.to_vec()));
    let line = || proptest::option::of(text());
    let address = proptest::option::of(proptest::sample::select(ADDRESSES.to_vec()));
    let facts = (end, line(), line(), line(), link(), link(), address);
    let sections = (line(), line(), line());
    let tags = proptest::collection::vec(text(), 0..4);
    let visibility = vec![None, Some("PUBLIC"), Some("UNLISTED"), Some("DRAFT"), Some("public")];
    let visibility = proptest::sample::select(visibility);
    let facts = (facts, sections, visibility);
    ((text(), text(), tags, capacity()), (deadline, later(), opening, zone), facts).prop_map(
        |((title, description, tags, capacity), (deadline, start, opening, zone), facts)| {
            let (facts, (rules, prizes, schedule), visibility) = facts;
            let (end, summary, venue_name, venue_address, online_url, website, contact) = facts;
            let mut body = json!({
                "title": title, "description": description, "tags": tags, "capacity": capacity,
                "regDeadline": deadline,
            });
            let optional = [
                ("startDate", start),
                ("regOpensAt", opening),
                ("timeZone", zone.map(Value::from)),
                ("endsAt", end),
                ("summary", summary.map(Value::from)),
                ("venueName", venue_name.map(Value::from)),
                ("venueAddress", venue_address.map(Value::from)),
                ("onlineUrl", online_url.map(Value::from)),
                ("website", website.map(Value::from)),
                ("contactEmail", contact.map(Value::from)),
                ("rules", rules.map(Value::from)),
                ("prizes", prizes.map(Value::from)),
                ("schedule", schedule.map(Value::from)),
                ("visibility", visibility.map(Value::from)),
            ];
            for (field, value) in optional {
                if let Some(value) = value {
                    body[field] = value;
                }
            }
            body
        },
    )
}

/// The answer as an object, once every time in it was read.
fn object(response: &Response) -> Result<Map<String, Value>, TestCaseError> {
    let value = response.json();
    strict_times(&value)?;
    match value {
        Value::Object(object) => Ok(object),
        other => Err(TestCaseError::fail(format!("no object: {other}"))),
    }
}

/// Every time in an answer is one that RFC 3339, JavaScript and Python know, to the millisecond, in
/// UTC.
fn strict_times(value: &Value) -> Result<(), TestCaseError> {
    match value {
        Value::Array(items) => items.iter().try_for_each(strict_times),
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
            let is_time = ["At", "Date", "Deadline"].iter().any(|end| name.ends_with(end));
            match value {
                Value::String(text) if is_time => {
                    prop_assert!(is_strict(text), "{name} is {text}");
                    Ok(())
                }
                value => strict_times(value),
            }
        }),
        _ => Ok(()),
    }
}

fn is_strict(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let year_in_range = text.get(..4).is_some_and(|year| ("1970"..="9999").contains(&year));
    let has_second = text.get(17..19).is_some_and(|second| second < "60");
    shape == "0000-00-00T00:00:00.000Z"
        && year_in_range
        && has_second
        && chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

/// A rejected input is a 400 with a code, never a server error.
fn refused(response: &Response) -> Result<(), TestCaseError> {
    prop_assert_eq!(response.status, StatusCode::BAD_REQUEST, "{}", response.text);
    prop_assert!(response.json()["code"].is_string());
    Ok(())
}

#[test]
fn a_created_competition_is_read_back_unchanged() {
    hold(COMPETITIONS, competition(), async |app, body| {
        let ada = organizer(app).await;
        let created = app.post("/api/competitions").by(&ada).json(&body).send().await;
        if created.status != StatusCode::CREATED {
            return refused(&created);
        }
        let answered = object(&created)?;
        let address = format!("/api/competitions/{}", answered["id"].as_str().unwrap());
        let visibility = body["visibility"].as_str().unwrap_or("PUBLIC");
        prop_assert_eq!(&answered["visibility"], visibility);
        let public = app.get(&address).send().await.status;
        prop_assert_eq!(public == StatusCode::NOT_FOUND, visibility == "DRAFT");
        let mut read = object(&app.get(&address).by(&ada).send().await)?;
        read.remove("_count");
        prop_assert_eq!(read.get("onlineUrl"), None);
        read.insert("onlineUrl".into(), answered["onlineUrl"].clone());
        prop_assert_eq!(&read, &answered);
        let id = answered["organizerId"].as_str().unwrap();
        let list = app.get(&format!("/api/competitions?organizerId={id}")).send().await.json();
        strict_times(&list)?;
        let is_listed = visibility == "PUBLIC";
        let listed = if is_listed { answered.clone() } else { Map::new() };
        let field = |name: &str| listed.get(name).cloned().unwrap_or_default();
        prop_assert_eq!(&list[0]["title"], &field("title"));
        prop_assert_eq!(&list[0]["regDeadline"], &field("regDeadline"));
        let mine = app.get("/api/competitions/my-competitions").by(&ada).send().await.json();
        strict_times(&mine)?;
        prop_assert_eq!(&mine[0]["tags"], &answered["tags"]);

        // The response is normalized: sending it back changes nothing, nor does the input.
        let fields = [
            "title",
            "description",
            "tags",
            "capacity",
            "regDeadline",
            "startDate",
            "regOpensAt",
            "timeZone",
            "endsAt",
            "summary",
            "venueName",
            "venueAddress",
            "onlineUrl",
            "website",
            "contactEmail",
            "rules",
            "prizes",
            "schedule",
            "visibility",
        ];
        let back = fields.map(|field| (field.to_owned(), answered[field].clone()));
        for patch in [Value::Object(back.into_iter().collect()), body.clone()] {
            let edited = app.patch(&address).by(&ada).json(&patch).send().await;
            prop_assert_eq!(edited.status, StatusCode::OK, "{}", edited.text);
            prop_assert_eq!(&object(&edited)?, &answered);
        }
        // If it is listed, it is found by its own title and by each of its tags.
        let search = encoded(answered["title"].as_str().unwrap());
        let found = app.get(&format!("/api/competitions?organizerId={id}&search={search}"));
        prop_assert_eq!(&found.send().await.json()[0]["id"], &field("id"));
        for tag in answered["tags"].as_array().unwrap() {
            let tag = encoded(tag.as_str().unwrap());
            let found = app.get(&format!("/api/competitions?organizerId={id}&tags={tag}"));
            prop_assert_eq!(&found.send().await.json()[0]["id"], &field("id"));
        }
        Ok(())
    });
}

#[test]
fn a_created_account_is_read_back_unchanged_and_can_log_in() {
    let local = proptest::collection::vec(piece(), 0..3).prop_map(|pieces| pieces.concat());
    let password = proptest::collection::vec(piece(), 0..4).prop_map(|pieces| pieces.concat());
    let input = (text(), local, password, text());
    hold(ACCOUNTS, input, async |app, (name, local, password, other_name)| {
        let unique = format!("{:016x}", fastrand::u64(..));
        let email = format!("{unique}{local}@Example.com");
        let password = format!("{password} correct");
        let body =
            json!({ "name": name, "email": email, "password": password, "role": "ORGANIZER" });
        let signed_up = app.post("/api/auth/signup").json(&body).send().await;
        if signed_up.status != StatusCode::CREATED {
            return refused(&signed_up);
        }
        let answered = object(&signed_up)?;
        let credentials = json!({ "email": email, "password": password });
        let logged_in = object(&app.post("/api/auth/login").json(&credentials).send().await)?;
        prop_assert_eq!(&logged_in["user"], &answered["user"]);
        let token = format!("Bearer {}", logged_in["token"].as_str().unwrap());
        let me = async || app.get("/api/auth/me").header("authorization", &token).send().await;
        prop_assert_eq!(&me().await.json(), &answered["user"]);

        let twice = app.post("/api/auth/signup").json(&body).send().await;
        prop_assert_eq!(twice.status, StatusCode::CONFLICT);

        let patch = json!({ "name": other_name, "timeZone": "Etc/UTC" });
        let edited = app.patch("/api/auth/me").header("authorization", &token).json(&patch);
        let edited = edited.send().await;
        if edited.status != StatusCode::OK {
            return refused(&edited);
        }
        prop_assert_eq!(&edited.json()["timeZone"], "UTC");
        prop_assert_eq!(me().await.json(), edited.json());
        Ok(())
    });
}

#[tokio::test]
async fn an_id_in_another_format_is_404() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await.to_string();
    let status = async |id: &str| app.get(&format!("/api/competitions/{id}")).send().await.status;
    assert_eq!(status(&id.to_uppercase()).await, StatusCode::OK);
    for other in [id.replace('-', ""), format!("%7B{id}%7D"), format!("urn:uuid:{id}")] {
        assert_eq!(status(&other).await, StatusCode::NOT_FOUND, "{other}");
    }
    let path = format!("/api/competitions/{}", id.to_uppercase());
    let cancelled = app.call(Method::DELETE, &path).by(&ada).send().await;
    assert_eq!(cancelled.json()["id"], id, "ids are case-insensitive");
}

/// A new organizer, whose list is short.
async fn organizer(app: &App) -> service::Actor {
    app.world.organizer(&format!("Ada {:016x}", fastrand::u64(..))).await
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
