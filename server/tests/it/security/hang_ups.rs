//! Clients that disconnect cause no panic in any state of their request.

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

use super::{HTML, routes::routes, row::Row};
use crate::support::App;

/// More polls than any request here takes.
const MAX_POLLS: usize = 200;

/// Records every panic of this process from now on.
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

/// Sends a request and drops it after `polls` polls, or its response after the first frame. Returns
/// whether there was a response.
async fn disconnect(app: &App, request: Request<Body>, polls: usize) -> bool {
    let mut response = pin!(app.router.clone().oneshot(request));
    let mut left = polls;
    let response = poll_fn(|context| match response.as_mut().poll(context) {
        Poll::Ready(response) => Poll::Ready(Some(response.unwrap())),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await;
    let Some(response) = response else { return false };
    let mut body = response.into_body();
    // The rest of the body is never read.
    let _ = poll_fn(|context| match pin!(body.frame()).poll(context) {
        Poll::Ready(frame) => Poll::Ready(frame.is_some()),
        Poll::Pending => Poll::Ready(false),
    })
    .await;
    true
}

fn request(row: &Row, id: &str, cookie: Option<&str>) -> Request<Body> {
    let fill = |text: &str| {
        text.replace("{id}", id)
            .replace("{competition}", id)
            .replace("{webhook}", id)
            .replace("{n}", "1")
    };
    let mut request = Request::builder()
        .method(row.method.clone())
        .uri(fill(row.route))
        .header(header::HOST, "localhost")
        .header(header::ACCEPT, HTML)
        .header("sec-fetch-site", "same-origin");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    let body = row.sent.typed().map_or_else(Body::empty, |(kind, body)| {
        let headers = request.headers_mut().unwrap();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        Body::from(fill(body))
    });
    request.body(body).unwrap()
}

async fn disconnect_everywhere(rows: impl Iterator<Item = &'static Row>) {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).create().await.to_string();
    let panics = Panics::watch();
    let rows: Vec<_> = rows.collect();
    assert!(rows.len() > 10, "few routes");
    let mut disconnected = 0;
    for actor in [None, Some(&ada), Some(&ben)] {
        for row in &rows {
            let cookie = log_in(&app, actor).await;
            for polls in 0..MAX_POLLS {
                if disconnect(&app, request(row, &id, cookie.as_deref()), polls).await {
                    break;
                }
                disconnected += 1;
                assert!(polls + 1 < MAX_POLLS, "{} is never answered", row.route);
            }
        }
    }
    // Spawned tasks run to their end.
    sleep(Duration::from_millis(500)).await;
    assert!(disconnected > rows.len(), "requests did not wait: {disconnected}");
    panics.assert_none("a client disconnected");
}

async fn log_in(app: &App, actor: Option<&Actor>) -> Option<String> {
    match actor {
        Some(actor) => Some(app.log_in(actor).await),
        None => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_disconnects_during_a_page_causes_no_panic() {
    disconnect_everywhere(routes().filter(|row| !row.is_api() && !row.is_function())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_disconnects_during_a_form_causes_no_panic() {
    // These two end the session that later requests need.
    let last = ["/fn/delete_account", "/fn/log_out"];
    disconnect_everywhere(routes().filter(|row| row.is_function() && !last.contains(&row.route)))
        .await;
}
