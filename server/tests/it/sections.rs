//! Rules, prizes, schedule and the contact address of a competition, by the API and on pages.

use axum::http::StatusCode;
use serde_json::{Value, json};
use service::Actor;

use crate::support::{App, page_text, post_form};

/// The address of Ada's account.
const ACCOUNT: &str = "ada@example.com";
const CONTACT: &str = "team@sprint.example";
const SECTIONS: [&str; 3] = ["rules", "prizes", "schedule"];

fn body() -> Value {
    json!({
        "title": "Code Sprint", "description": "24 hours.", "capacity": 5,
        "regDeadline": "2026-11-30T12:00:00Z", "rules": "# Teams\n- of *four*",
        "schedule": "9:00 Start\n17:00 End: https://sprint.example/end", "contactEmail": CONTACT,
    })
}

async fn create(app: &App, organizer: &Actor, body: &Value) -> String {
    let created = app.post("/api/competitions").by(organizer).json(body).send().await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    created.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn sections_are_returned_edited_and_removed_and_lists_have_none() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let path = format!("/api/competitions/{}", create(&app, &ada, &body()).await);
    let shown = app.get(&path).send().await;
    let before = shown.header("etag").unwrap().to_owned();
    for field in ["rules", "prizes", "schedule", "contactEmail"] {
        assert_eq!(shown.json()[field], body()[field], "{field}");
    }
    for list in ["/api/competitions", "/api/competitions/my-competitions"] {
        let list = app.get(list).by(&ada).send().await.json();
        let item = list[0].as_object().unwrap();
        assert!(SECTIONS.iter().all(|field| !item.contains_key(*field)), "{item:?}");
        assert_eq!(item["contactEmail"], CONTACT);
    }

    let edit = json!({ "rules": "", "prizes": "A cup", "contactEmail": null });
    let call = app.patch(&path).by(&ada).header("if-match", &before).json(&edit);
    let edited = call.send().await;
    let after = app.get(&path).send().await;
    for response in [edited.json(), after.json()] {
        let fields = ["rules", "prizes", "schedule", "contactEmail", "version"];
        let values = fields.map(|field| response[field].clone());
        let schedule = body()["schedule"].clone();
        assert_eq!(values, [json!(null), json!("A cup"), schedule, json!(null), json!(2)]);
    }
    assert_ne!(after.header("etag"), Some(&*before));
    let stale = app.patch(&path).by(&ada).header("if-match", &before);
    let stale = stale.json(&json!({ "prizes": "A medal" })).send().await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let cancelled = app.call(axum::http::Method::DELETE, &path).by(&ada).send().await.json();
    assert_eq!(cancelled["prizes"], "A cup");
}

#[tokio::test]
async fn every_wrong_section_and_a_wrong_contact_are_named_in_the_response() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let mut wrong = body();
    wrong["rules"] = "x".repeat(10_001).into();
    wrong["prizes"] = 7.into();
    wrong["contactEmail"] = "Ada <ada@example.com>".into();
    let refused = app.post("/api/competitions").by(&ada).json(&wrong).send().await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let errors = refused.json()["errors"].clone();
    let fields: Vec<_> = errors.as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
    assert_eq!(fields, ["contactEmail", "rules", "prizes"]);
}

#[tokio::test]
async fn a_page_shows_the_sections_that_there_are_and_the_contact_address() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let page = format!("/competitions/{}", create(&app, &ada, &body()).await);
    let text = app.get(&page).send().await.text;
    for part in [
        "id=\"about-rules\">Rules</h2>",
        "<h3>Teams</h3>",
        "<em>four</em>",
        "id=\"about-schedule\">Schedule</h2>",
        "9:00 Start<br>",
        ">https://sprint.example/end</a>",
        "href=\"mailto:team@sprint.example\"",
    ] {
        assert!(text.contains(part), "{part} is missing from {text}");
    }
    assert!(!text.contains("about-prizes"), "{text}");
    let mut plain = body();
    for field in ["rules", "schedule", "contactEmail"] {
        plain.as_object_mut().unwrap().remove(field);
    }
    let page = format!("/competitions/{}", create(&app, &ada, &plain).await);
    let text = app.get(&page).send().await.text;
    assert!(!text.contains("about-") && !text.contains("mailto:"), "{text}");
}

#[tokio::test]
async fn no_page_shows_the_address_of_an_organizers_account_to_others() {
    let app = App::new().await;
    let (ada, eve) = (app.world.organizer("Ada").await, app.world.organizer("Eve").await);
    let ben = app.world.participant("Ben").await;
    let id = create(&app, &ada, &body()).await;
    let seat = app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    assert_eq!(seat.status, StatusCode::CREATED);
    app.world.run_pending_jobs().await;
    let registration = seat.json()["id"].as_str().unwrap().to_owned();
    let pages = [
        "/".to_owned(),
        "/competitions".to_owned(),
        "/competitions?search=ada".to_owned(),
        format!("/competitions/{id}"),
        "/dashboard".to_owned(),
        "/mailbox".to_owned(),
        format!("/registrations/{registration}/cancel"),
        format!("/api/competitions/{id}/calendar.ics"),
        format!("/api/registrations/{registration}/calendar.ics"),
    ];
    let cookies = [None, Some(app.log_in(&eve).await), Some(app.log_in(&ben).await)];
    for (page, cookie) in pages.iter().flat_map(|page| cookies.iter().map(move |of| (page, of))) {
        let mut call = app.get(page).header("accept", "text/html, */*");
        if let Some(cookie) = cookie {
            call = call.header("cookie", cookie);
        }
        // The data for hydration is a part of the page.
        let text = call.send().await.text;
        assert!(!text.contains(ACCOUNT), "{page} shows it to {cookie:?}");
    }
    let functions = [("competition", format!("id={id}")), ("competitions", String::new())];
    for (function, form) in functions {
        let call = app.post(&format!("/fn/{function}")).header("sec-fetch-site", "same-origin");
        let call = call.header("accept", "application/json");
        let response = call.text("application/x-www-form-urlencoded", form).send().await;
        assert!(!response.text.contains(ACCOUNT), "{function}: {}", response.text);
    }
    // The test would notice: Ada's own account page has it.
    let own = page_text(&app, &app.log_in(&ada).await, "/account").await;
    assert!(own.contains(ACCOUNT), "{own}");
}

#[tokio::test]
async fn an_operator_hides_the_address_of_accounts_from_all_but_their_owners_and_administrators() {
    for (contact, shown) in [(json!(CONTACT), CONTACT), (Value::Null, "")] {
        let app = App::hiding_organizer_emails().await;
        let (ada, eve) = (app.world.organizer("Ada").await, app.world.organizer("Eve").await);
        let (root, ben) = (app.world.admin("Root").await, app.world.participant("Ben").await);
        let mut competition = body();
        competition["contactEmail"] = contact;
        let id = create(&app, &ada, &competition).await;
        app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
        let (list, detail) = ("/api/competitions", format!("/api/competitions/{id}"));
        let address = |value: &Value| value["organizer"]["email"].as_str().unwrap().to_owned();
        for viewer in [None, Some(&eve), Some(&ben)] {
            let get = |path: &str| match viewer {
                Some(viewer) => app.get(path).by(viewer),
                None => app.get(path),
            };
            let (all, one) = (get(list).send().await, get(&detail).send().await);
            assert_eq!((&*address(&all.json()[0]), &*address(&one.json())), (shown, shown));
            assert!(!(all.text + &one.text).contains(ACCOUNT));
        }
        let mine = app.get("/api/competitions/registrations/my").by(&ben).send().await;
        assert_eq!(address(&mine.json()[0]["competition"]), shown);
        for viewer in [&ada, &root] {
            let one = app.get(&detail).by(viewer).send().await;
            assert_eq!(address(&one.json()), ACCOUNT);
            assert_eq!(one.header("cache-control"), Some("no-store"), "it must not be shared");
        }
        // Not what an administrator was shown before.
        assert_eq!(address(&app.get(&detail).send().await.json()), shown);
        let title = json!({ "title": "Marathon" });
        let edited = app.patch(&detail).by(&ada).json(&title).send().await.json();
        assert_eq!(address(&edited), ACCOUNT);
        let page = app.get(&format!("/competitions/{id}")).send().await.text;
        assert!(page.contains("<bdi>Ada<"), "a hidden address is no deleted account");
        let dashboard = page_text(&app, &app.log_in(&ben).await, "/dashboard").await;
        assert!(dashboard.contains("Ada") && !dashboard.contains("deleted"), "{dashboard}");
    }
}

#[tokio::test]
async fn a_form_without_javascript_shows_faults_in_sections_at_their_fields() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = &app.log_in(&ada).await;
    let group = "Rules, prizes and schedule";
    let empty = page_text(&app, cookie, "/competitions/create").await;
    assert!(empty.contains(group) && !has_open_group(&empty), "{empty}");

    let draft = |rest: &str| {
        format!(
            "draft[title]=Sprint&draft[description]=Go&draft[capacity]=5&draft[timeZone]=UTC&\
             draft[regDeadline]=2026-11-30T12:00&idempotency_key={rest}"
        )
    };
    let long = "x".repeat(10_001);
    let wrong = draft(&format!("a&draft[rules]={long}&draft[contactEmail]=ada"));
    let leads_to = post_form(&app, cookie, "create_competition", &wrong).await;
    assert_eq!(leads_to, "/competitions/create");
    let refused = page_text(&app, cookie, &leads_to).await;
    let email = "Enter a contact address like name@example.com";
    for part in [&*long, "Enter text with at most 10000 characters", email] {
        assert!(refused.contains(part), "{part} is missing");
    }

    assert!(has_open_group(&refused), "the group with the fault is closed");

    let right = draft("b&draft[rules]=One+idea&draft[contactEmail]=team@sprint.example");
    let run = "javascript:alert(1)";
    let links = format!("draft[website]={run}&draft[onlineUrl]={run}");
    let preview = format!("{right}&{links}&intent=preview");
    let leads_to = post_form(&app, cookie, "create_competition", &preview).await;
    let shown = page_text(&app, cookie, leads_to.split('#').next().unwrap()).await;
    assert!(shown.contains("id=\"about-rules\">Rules</h3>"), "{shown}");
    assert!(shown.contains("mailto:team@sprint.example") && shown.contains(run), "{shown}");
    assert!(!shown.contains(&format!("href=\"{run}")), "{shown}");
    let page = post_form(&app, cookie, "create_competition", &right).await;
    let shown = page_text(&app, cookie, &page).await;
    assert!(shown.contains("<p>One idea</p>") && shown.contains("mailto:team@sprint.example"));
    let form = page_text(&app, cookie, &format!("{page}/edit")).await;
    assert!(has_open_group(&form) && form.contains("One idea"), "{form}");
}

fn has_open_group(page: &str) -> bool {
    let mut tags = page.split("<details").skip(1).filter_map(|rest| rest.split('>').next());
    tags.any(|tag| tag.contains(" open"))
}

#[tokio::test]
async fn a_form_with_the_longest_texts_is_accepted_in_every_script() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = &app.log_in(&ada).await;
    // Twelve bytes each, in a form.
    let long = "%F0%9F%8E%B2".repeat(10_000);
    let texts = format!("[description]={long}")
        + &SECTIONS.map(|name| format!("&draft[{name}]={long}")).concat();
    let form = format!(
        "draft[title]=Sprint&draft{texts}&draft[capacity]=5&draft[timeZone]=UTC&\
         draft[regDeadline]=2026-11-30T12:00"
    );
    let create = format!("{form}&idempotency_key=k");
    let page = post_form(&app, cookie, "create_competition", &create).await;
    let id = page.strip_prefix("/competitions/").unwrap();
    let seen = form.replace("draft[", "seen[");
    let edit = format!("{form}&draft[summary]=Go&{seen}&competition={id}&version=1");
    let edit = format!("{edit}&idempotency_key=e");
    assert_eq!(post_form(&app, cookie, "edit_competition", &edit).await, page);
    let shown = app.get(&format!("/api/competitions/{id}")).send().await.json();
    assert_eq!((&shown["summary"], &shown["version"]), (&json!("Go"), &json!(2)));
    assert_eq!(shown["prizes"].as_str().unwrap().chars().count(), 10_000);
}
