//! Clients that hang up: whatever is under way for them then, nothing of it panics.

use std::{
    future::poll_fn,
    panic,
    pin::pin,
    sync::{Arc, Mutex},
    task::Poll,
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderValue, Request, header},
};
use http_body_util::BodyExt;
use service::Actor;
use tokio::time::sleep;
use tower::ServiceExt;

use super::{
    FORM, HTML,
    routes::{ROUTES, Row, Sent},
};
use crate::support::App;

/// More than any request here is polled before it is answered.
const MOST_POLLS: usize = 200;

/// Notes every panic of this process from now on.
#[derive(Clone, Default)]
pub(super) struct Panics(Arc<Mutex<Vec<String>>>);

impl Panics {
    pub(super) fn watch() -> Self {
        let (panics, before) = (Self::default(), panic::take_hook());
        let noted = panics.clone();
        panic::set_hook(Box::new(move |info| {
            noted.0.lock().unwrap().push(info.to_string());
            before(info);
        }));
        panics
    }

    pub(super) fn assert_none(&self, what: &str) {
        let panics = self.0.lock().unwrap().clone();
        assert!(panics.is_empty(), "{what}: {panics:#?}");
    }
}

/// Sends a request and hangs up after it was polled so often, or in the middle of the response;
/// answers with whether there was a response by then.
async fn hang_up(app: &App, request: Request<Body>, polls: usize) -> bool {
    let mut answer = pin!(app.router.clone().oneshot(request));
    let mut left = polls;
    let answer = poll_fn(|context| match answer.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer.unwrap())),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await;
    let Some(answer) = answer else { return false };
    let mut body = answer.into_body();
    // What is left of it is never taken.
    let _ = poll_fn(|context| match pin!(body.frame()).poll(context) {
        Poll::Ready(frame) => Poll::Ready(frame.is_some()),
        Poll::Pending => Poll::Ready(false),
    })
    .await;
    true
}

fn request(row: &Row, id: &str, cookie: Option<&str>) -> Request<Body> {
    let fill =
        |text: &str| text.replace("{id}", id).replace("{competition}", id).replace("{n}", "1");
    let mut request = Request::builder()
        .method(row.method.clone())
        .uri(fill(row.route))
        .header(header::HOST, "localhost")
        .header(header::ACCEPT, HTML)
        .header("sec-fetch-site", "same-origin");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    let body = match row.sent {
        Sent::Nothing => Body::empty(),
        Sent::Json(body) | Sent::Form(body) => {
            request = request.header(header::CONTENT_TYPE, HeaderValue::from_static(FORM));
            Body::from(fill(body))
        }
    };
    request.body(body).unwrap()
}

async fn hang_up_everywhere(rows: impl Iterator<Item = &'static Row>) {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await.to_string();
    let panics = Panics::watch();
    let rows: Vec<_> = rows.collect();
    assert!(rows.len() > 10, "there are routes");
    let mut hung_up = 0;
    for actor in [None, Some(&ada), Some(&ben)] {
        for row in &rows {
            let cookie = sign_in(&app, actor).await;
            for polls in 0..MOST_POLLS {
                if hang_up(&app, request(row, &id, cookie.as_deref()), polls).await {
                    break;
                }
                hung_up += 1;
                assert!(polls + 1 < MOST_POLLS, "{} is never answered", row.route);
            }
        }
    }
    // What was left behind comes to its end.
    sleep(Duration::from_millis(500)).await;
    assert!(hung_up > rows.len(), "nothing was ever waited for: {hung_up}");
    panics.assert_none("a client hung up");
}

async fn sign_in(app: &App, actor: Option<&Actor>) -> Option<String> {
    match actor {
        Some(actor) => Some(app.sign_in(actor).await),
        None => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_panics_when_a_client_hangs_up_while_a_page_is_made() {
    hang_up_everywhere(ROUTES.iter().filter(|row| !row.is_api() && !row.is_function())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_panics_when_a_client_hangs_up_while_a_form_is_answered() {
    // Whose account is gone, or who has left, has nothing more to hang up on.
    let last = ["/fn/delete_account", "/fn/log_out"];
    hang_up_everywhere(ROUTES.iter().filter(|row| row.is_function() && !last.contains(&row.route)))
        .await;
}
