//! Calendar files over HTTP. `service` tests their content.

use axum::http::StatusCode;

use crate::support::App;

#[tokio::test]
async fn the_calendar_file_of_a_competition_is_public() {
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
async fn the_calendar_file_of_a_registration_is_for_its_participant() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let (ben, eve) = (app.world.participant("Ben").await, app.world.participant("Eve").await);
    let id = app.world.competition(&ada).create().await;
    let registration = app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    let registration = registration.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/registrations/{registration}/calendar.ics");
    let file = app.get(&path).by(&ben).send().await;
    assert_eq!(file.header("content-type"), Some("text/calendar; charset=utf-8"));
    assert!(file.text.contains(&format!("UID:{registration}@localhost\r\n")), "{}", file.text);
    assert_eq!(app.get(&path).send().await.status, StatusCode::UNAUTHORIZED);
    for other in [&eve, &ada] {
        assert_eq!(app.get(&path).by(other).send().await.status, StatusCode::NOT_FOUND);
    }
    let missing = app.get("/api/registrations/none/calendar.ics").by(&ben).send().await;
    assert_eq!(missing.message(), "Registration not found");
}
