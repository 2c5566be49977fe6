//! Which messages are mailed, over HTTP, and the links in mails that unsubscribe.

use axum::http::StatusCode;
use domain::MailKind;
use serde_json::{Value, json};
use service::Actor;

use crate::support::{App, page_text, post_form};

const PREFERENCES: &str = "/api/auth/me/mail-preferences";

async fn preferences(app: &App, actor: &Actor) -> Value {
    app.get(PREFERENCES).by(actor).send().await.json()
}

#[tokio::test]
async fn a_kind_is_changed_and_the_others_stay() {
    let app = App::new().await;
    let grace = app.world.participant("Grace").await;
    let all = json!({
        "registrations": "MAIL", "changes": "MAIL", "reminders": "MAIL", "invitations": "MAIL",
        "messages": "MAIL", "organizing": "MAIL",
    });
    assert_eq!(preferences(&app, &grace).await, all);
    let patch = json!({ "reminders": "MAILBOX" });
    let changed = app.patch(PREFERENCES).by(&grace).json(&patch).send().await;
    assert_eq!(changed.status, StatusCode::OK);
    let expected = json!({
        "registrations": "MAIL", "changes": "MAIL", "reminders": "MAILBOX", "invitations": "MAIL",
        "messages": "MAIL", "organizing": "MAIL",
    });
    assert_eq!((changed.json(), preferences(&app, &grace).await), (expected.clone(), expected));
    let wrong = json!({ "reminders": "NEVER", "security": "MAILBOX" });
    let refused = app.patch(PREFERENCES).by(&grace).json(&wrong).send().await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    for field in ["reminders", "security"] {
        assert!(refused.text.contains(&format!("\"{field}\"")), "{}", refused.text);
    }
}

#[tokio::test]
async fn the_form_mails_the_kinds_that_are_ticked() {
    let app = App::new().await;
    let grace = app.world.participant("Grace").await;
    let cookie = app.log_in(&grace).await;
    let location = post_form(&app, &cookie, "edit_mail_preferences", "changes=true").await;
    assert_eq!(location, "/account");
    let expected = json!({
        "registrations": "MAILBOX", "changes": "MAIL", "reminders": "MAILBOX",
        "invitations": "MAILBOX", "messages": "MAILBOX", "organizing": "MAILBOX",
    });
    assert_eq!(preferences(&app, &grace).await, expected);
    let page = page_text(&app, &cookie, "/account").await;
    assert!(page.contains("Your choice was saved."), "{page}");
}

#[tokio::test]
async fn one_click_of_a_mail_program_unsubscribes_without_a_login() {
    let app = App::new().await;
    let grace = app.world.participant("Grace").await;
    let path = app.world.unsubscribe_path(&grace, MailKind::Reminders).await;
    for form in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let patch = json!({ "reminders": "MAIL" });
        app.patch(PREFERENCES).by(&grace).json(&patch).send().await;
        // As a web view of a mail program may send it.
        let call = app.post(&path).text(form, "List-Unsubscribe=One-Click");
        let call = call.header("sec-fetch-site", "cross-site").header("origin", "null");
        assert_eq!(call.send().await.status, StatusCode::OK, "{form}");
        assert_eq!(preferences(&app, &grace).await["reminders"], "MAILBOX", "{form}");
    }
    for wrong in [
        "/unsubscribe/0123/reminders",
        "/unsubscribe/%00/reminders",
        &path.replace("reminders", "changes"),
        &path.replace("reminders", "security"),
    ] {
        let refused = app.post(wrong).text("application/x-www-form-urlencoded", "").send().await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{wrong}");
        assert!(refused.text.contains("unsubscribe_link_invalid"), "{}", refused.text);
    }
}

#[tokio::test]
async fn the_page_of_the_link_asks_first_and_undoes() {
    let app = App::new().await;
    let grace = app.world.participant("Grace").await;
    let path = app.world.unsubscribe_path(&grace, MailKind::Reminders).await;
    let page = app.get(&path).header("accept", "text/html").send().await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Stop mails about competitions that start soon?"), "{}", page.text);
    assert_eq!(preferences(&app, &grace).await["reminders"], "MAIL", "looking changes nothing");

    let key = path.split('/').nth(2).unwrap();
    let form = format!("key={key}&kind=reminders");
    assert_eq!(post_form(&app, "theme=dark", "unsubscribe", &form).await, path);
    assert_eq!(preferences(&app, &grace).await["reminders"], "MAILBOX");
    let page = page_text(&app, "theme=dark", &path).await;
    assert!(page.contains("You get no mails about competitions that start soon"), "{page}");
    post_form(&app, "theme=dark", "unsubscribe", &format!("{form}&again=true")).await;
    assert_eq!(preferences(&app, &grace).await["reminders"], "MAIL");
    let unknown = app.get("/unsubscribe/0123/reminders").header("accept", "text/html").send().await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.text.contains("This link is not valid"), "{}", unknown.text);
}
