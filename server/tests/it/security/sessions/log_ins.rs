//! Session fixation, and the end of sessions.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::StatusCode,
};
use futures::stream;
use service::password_reset;
use tokio::{sync::oneshot, time::timeout};

use super::{CREDENTIALS, PLAIN, is_logged_in, pair, post};
use crate::{
    security::{FORM, HTML},
    support::App,
};

#[tokio::test]
async fn logging_in_replaces_the_id_of_an_existing_session() {
    let app = App::new().await;
    app.world.participant("Ben").await;
    // A rejected form creates a session, which an attacker might plant in Ben's browser.
    let refused = post(&app, "/fn/log_in", None, "email=ben".into()).await;
    let planted = pair(&refused);
    let response = post(&app, "/fn/log_in", Some(&planted), CREDENTIALS.into()).await;
    let own = pair(&response);
    assert_ne!(own, planted);
    assert!(is_logged_in(&app, &own).await);
    assert!(!is_logged_in(&app, &planted).await, "the planted session is logged in");
    // An invented id is not accepted either.
    let made_up = format!("{PLAIN}={}", "A".repeat(22));
    let response = post(&app, "/fn/log_in", Some(&made_up), CREDENTIALS.into()).await;
    assert_ne!(pair(&response), made_up);
}

#[tokio::test]
async fn an_ended_session_is_rejected() {
    let app = App::new().await;
    app.world.participant("Ben").await;
    let own = pair(&post(&app, "/fn/log_in", None, CREDENTIALS.into()).await);
    assert!(is_logged_in(&app, &own).await);
    let log_out = post(&app, "/fn/log_out", Some(&own), String::new()).await;
    let removed = format!("{PLAIN}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    assert_eq!(log_out.header("set-cookie"), Some(&*removed));
    let asked = app.get("/api/auth/me").header("cookie", &own).send().await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    // Another response may have set the cookie to a new session in the meantime.
    assert_eq!(asked.header("set-cookie"), None);
}

#[tokio::test]
async fn a_slow_form_does_not_restore_a_session_after_a_log_out() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    for (path, body) in [
        ("/fn/create_competition", "draft[title]=Chess&draft[capacity]=x&idempotency_key=k"),
        ("/fn/create_competition", "draft[title]=Chess&idempotency_key=k&intent=preview"),
        ("/fn/edit_profile", "name=Ada+Lovelace"),
        ("/fn/read_all_mail", "x=y"),
        ("/fn/reset", "token=anything"),
        ("/fn/change_password", "current_password=correct+horse&new_password=correct+horse"),
    ] {
        let own = app.log_in(&ada).await;
        let (asked, is_asked) = oneshot::channel();
        let (finish, is_finished) = oneshot::channel::<()>();
        // The body is read after the session is loaded.
        let rest = async move {
            asked.send(()).expect("the test waits");
            is_finished.await.expect("the test has not ended");
            Ok::<_, Infallible>(Bytes::from_static(body.as_bytes()))
        };
        let call = app.post(path).header("accept", HTML).header("sec-fetch-site", "same-origin");
        let call = call.header("cookie", &own).text(FORM, Body::from_stream(stream::once(rest)));
        let log_out = async {
            timeout(Duration::from_secs(20), is_asked).await.expect("in time").expect("a body");
            post(&app, "/fn/log_out", Some(&own), String::new()).await;
            assert!(!is_logged_in(&app, &own).await, "401 after the log-out");
            finish.send(()).expect("the form waits");
        };
        let (slow, ()) = tokio::join!(call.send(), log_out);
        assert!(!slow.status.is_server_error(), "{path}: {}", slow.text);
        assert_eq!(slow.header("set-cookie"), None, "{path}");
        assert!(!is_logged_in(&app, &own).await, "{path} brings the session back");
        assert_eq!(app.world.stored_sessions().await, [], "{path}");
    }
}

#[tokio::test]
async fn the_key_of_a_reset_link_is_stored_in_a_new_session_only() {
    let app = App::new().await;
    let (ben, eve) = (app.world.participant("Ben").await, app.world.participant("Eve").await);
    let email = domain::Email::parse(&ben.user().unwrap().email).unwrap();
    let of_a_visitor = pair(&post(&app, "/fn/log_in", None, "email=eve".into()).await);
    let of_a_user = app.log_in(&eve).await;
    for planted in [of_a_visitor, of_a_user] {
        let link = password_reset::link(&app.world.ctx, &email).await.unwrap();
        let path = link.strip_prefix("https://site.example").unwrap();
        let opened = app.get(path).header("cookie", &planted).send().await;
        let own = pair(&opened);
        assert_ne!(own, planted);
        let show = async |cookie: &str| {
            app.get("/auth/reset")
                .header("cookie", cookie)
                .send()
                .await
                .text
                .contains(email.as_str())
        };
        assert!(show(&own).await, "the session of the link cannot reset the password");
        assert!(!show(&planted).await, "another session can reset the password");
        let body = "password=a+password+of+eves".to_owned();
        let set = post(&app, "/fn/reset_password", Some(&planted), body).await;
        assert_eq!(set.header("location"), Some("/auth/reset"), "refused");
    }
}
