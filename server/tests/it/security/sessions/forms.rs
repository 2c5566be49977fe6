//! Forms work only for the user and role that they were rendered for.

use axum::http::StatusCode;
use serde_json::json;

use crate::{security::FORM, support::App};

#[tokio::test]
async fn a_form_rendered_for_another_user_is_rejected() {
    let app = App::new().await;
    let (ada, bob) = (app.world.organizer("Ada").await, app.world.organizer("Bob").await);
    let (ben, eve) = (app.world.participant("Ben").await, app.world.participant("Eve").await);
    let [open, held] =
        [app.world.competition(&ada).create().await, app.world.competition(&ada).create().await];
    app.post(&format!("/api/competitions/{held}/register")).by(&ben).send().await;
    let url = json!({ "url": "https://club.example/hook" });
    let webhook = app.post("/api/webhooks").by(&ada).json(&url).send().await.json();
    let webhook = webhook["id"].as_str().unwrap().to_owned();
    let written = json!({ "subject": "s", "text": "t", "statuses": ["CONFIRMED"] });
    let messages = format!("/api/competitions/{open}/messages");
    let write = async || {
        let written = app.post(&messages).by(&ada).json(&written).send().await.json();
        written["id"].as_str().unwrap().to_owned()
    };
    let message = format!("competition={open}&message={}", write().await);
    let scheduled = write().await;
    let at = json!({ "version": 1, "at": "2026-11-24T12:00:00Z" });
    app.post(&format!("{messages}/{scheduled}/send")).by(&ada).json(&at).send().await;
    let later = format!("competition={open}&message={scheduled}");
    let draft = "draft[title]=Chess&draft[description]=x&draft[capacity]=3\
        &draft[regDeadline]=2026-11-30T12:00&draft[timeZone]=UTC";
    for (path, body, sender, other) in [
        ("/fn/register", format!("competition={open}"), &ben, &eve),
        ("/fn/cancel_registration", format!("competition={held}"), &ben, &eve),
        ("/fn/create_competition", draft.to_owned(), &ada, &bob),
        ("/fn/edit_profile", "name=Else".to_owned(), &ben, &eve),
        ("/fn/verify_email_code", "code=042817".to_owned(), &ben, &eve),
        ("/fn/edit_mail_preferences", "changes=true".to_owned(), &ben, &eve),
        ("/fn/renew_calendar_feed", String::new(), &ben, &eve),
        ("/fn/remove_calendar_feed", String::new(), &ben, &eve),
        ("/fn/create_webhook", "url=https://club.example/hook".to_owned(), &ada, &bob),
        (
            "/fn/edit_webhook",
            format!("id={webhook}&url=https://club.example/hook&enabled=true"),
            &ada,
            &bob,
        ),
        ("/fn/send_delivery", format!("webhook={webhook}"), &ada, &bob),
        ("/fn/rotate_secret", format!("id={webhook}"), &ada, &bob),
        ("/fn/delete_webhook", format!("id={webhook}"), &ada, &bob),
        (
            "/fn/save_message",
            format!(
                "competition={held}&typed[subject]=s&typed[text]=t&typed[statuses][]=CONFIRMED"
            ),
            &ada,
            &bob,
        ),
        ("/fn/send_test_message", message.clone(), &ada, &bob),
        ("/fn/send_message", format!("{message}&version=1"), &ada, &bob),
        ("/fn/stop_message", later.clone(), &ada, &bob),
        ("/fn/delete_message", later, &ada, &bob),
        (
            "/fn/edit_organizer_notices",
            "registrations=AT_ONCE&cancellations=DAILY&full=NEVER&waitlist_empty=DAILY".to_owned(),
            &ada,
            &bob,
        ),
        ("/fn/add_role", "role=ORGANIZER".to_owned(), &ben, &eve),
    ] {
        let cookie = app.log_in(sender).await;
        for (maker, status) in [(other, StatusCode::FORBIDDEN), (sender, StatusCode::OK)] {
            let made_for = maker.user().unwrap().id;
            let body = format!("{body}&idempotency_key={path}{made_for}&made_for={made_for}");
            let call = app.post(path).header("sec-fetch-site", "same-origin");
            let response = call.header("cookie", &cookie).text(FORM, body).send().await;
            assert_eq!(response.status, status, "{path} {}", response.text);
            let is_refused = response.text.contains("since this form was shown");
            assert_eq!(is_refused, status == StatusCode::FORBIDDEN, "{path} {}", response.text);
        }
    }
}

#[tokio::test]
async fn a_preview_requires_the_role_of_its_form() {
    let app = App::new().await;
    let body = "draft[title]=Chess&draft[description]=x&idempotency_key=k&intent=preview";
    let ben = app.world.participant("Ben").await;
    let cookie = app.log_in(&ben).await;
    for (sender, status) in
        [(None, StatusCode::UNAUTHORIZED), (Some(&cookie), StatusCode::FORBIDDEN)]
    {
        let call = app.post("/fn/create_competition").header("sec-fetch-site", "same-origin");
        let call = call.header("cookie", sender.map_or("theme=dark", |cookie| cookie));
        let response = call.text(FORM, body).send().await;
        assert_eq!(response.status, status, "{}", response.text);
    }
    let ada = app.world.organizer("Ada").await;
    let cookie = app.log_in(&ada).await;
    let call = app.post("/fn/create_competition").header("sec-fetch-site", "same-origin");
    let response = call.header("cookie", &cookie).text(FORM, body).send().await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text);
}
