//! Calendar files over HTTP. What is in them is tested where they are made.

use axum::http::StatusCode;

use crate::support::App;

#[tokio::test]
async fn everybody_gets_the_calendar_file_of_a_competition() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let title = "Chess\"; filename=\"evil.exe";
    let id = app.world.competition(&ada).titled(title).create().await;
    let file = app.get(&format!("/api/competitions/{id}/calendar.ics")).send().await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.header("content-type"), Some("text/calendar; charset=utf-8"));
    let disposition = file.header("content-disposition");
    assert_eq!(disposition, Some("attachment; filename=\"competition.ics\""));
    assert!(file.text.starts_with("BEGIN:VCALENDAR\r\n"), "{}", file.text);
    let missing = app.get("/api/competitions/none/calendar.ics").send().await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_who_registered_gets_the_calendar_file_of_a_registration() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let (ben, eve) = (app.world.participant("Ben").await, app.world.participant("Eve").await);
    let id = app.world.competition(&ada).create().await;
    let held = app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    let held = held.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/registrations/{held}/calendar.ics");
    let file = app.get(&path).by(&ben).send().await;
    assert_eq!(file.header("content-type"), Some("text/calendar; charset=utf-8"));
    assert!(file.text.contains(&format!("UID:{held}@localhost\r\n")), "{}", file.text);
    assert_eq!(app.get(&path).send().await.status, StatusCode::UNAUTHORIZED);
    for other in [&eve, &ada] {
        assert_eq!(app.get(&path).by(other).send().await.status, StatusCode::NOT_FOUND);
    }
    let missing = app.get("/api/registrations/none/calendar.ics").by(&ben).send().await;
    assert_eq!(missing.message(), "Registration not found");
}
