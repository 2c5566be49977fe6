//! The access matrix: every route for every actor.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{HeaderValue, Method, Request, StatusCode, header},
};
use chrono::TimeDelta;
use leptos_axum::generate_route_list;
use serde_json::{Value, json};
use service::{Actor, cron, housekeeping::CleanUp, jobs};
use tower::ServiceExt;

use super::{
    HTML,
    routes::{UNLISTED, routes},
    row::{ACTORS, Row, Sent, Who},
};
use crate::support::App;

/// How a caller of the API identifies.
#[derive(Clone, Copy, Debug)]
enum With {
    Login,
    PersonalToken(&'static str),
}

/// Creates the objects of each call anew, so that calls do not depend on each other.
struct Matrix {
    app: App,
    calls: u32,
}

impl Matrix {
    async fn new() -> Self {
        Self { app: App::new().await, calls: 0 }
    }

    /// The status of the call for `who`.
    async fn status(&mut self, row: &Row, who: Who, with: With) -> u16 {
        self.calls += 1;
        let world = &self.app.world;
        let organizer = world.organizer(&format!("Owner {}", self.calls)).await;
        let competition = world.competition(&organizer).create().await;
        let mut owner = organizer;
        let mut id = competition.to_string();
        if row.route.contains("/mailbox/{id}") {
            owner = world.participant(&format!("Reader {}", self.calls)).await;
            id = self.mail(&owner, &id).await;
        } else if row.route.contains("/api/registrations/{id}") {
            owner = world.participant(&format!("Holder {}", self.calls)).await;
            id = self.registration(&owner, &id).await;
        } else if row.route.contains("/webhooks/") {
            id = self.webhook(&owner, row.route.contains("/deliveries/{id}")).await;
        } else if row.route.contains("/auth/tokens/{id}")
            || row.route.contains("/account/tokens/{id}")
        {
            id = self.personal_token(&owner, "target", "read").await.0;
        } else if row.route.contains("/failed-jobs/{id}") {
            id = self.dead_job().await;
        }
        let registration = if row.names("{registrationId}") || row.names("{messageId}") {
            let holder = world.participant(&format!("Participant {}", self.calls)).await;
            self.registration(&holder, &competition.to_string()).await
        } else {
            String::new()
        };
        let message = if row.names("{messageId}") {
            self.message(&owner, &competition.to_string()).await
        } else {
            String::new()
        };
        let sends_webhook = matches!(row.sent, Sent::Form(body) if body.contains("{webhook}"));
        let webhook = if sends_webhook { self.webhook(&owner, false).await } else { id.clone() };
        let name = format!("Caller {}", self.calls);
        let actor = match who {
            Who::Visitor => None,
            Who::OtherParticipant => Some(world.participant(&name).await),
            Who::OtherOrganizer => Some(world.organizer(&name).await),
            Who::Owner => Some(owner),
            Who::Admin => Some(world.admin(&name).await),
        };
        let fill = |text: &str| {
            text.replace("{id}", &id)
                .replace("{competition}", &competition.to_string())
                .replace("{webhook}", &webhook)
                .replace("{registrationId}", &registration)
                .replace("{messageId}", &message)
                .replace("{invitationId}", "01939a00-0000-7000-8000-000000000000")
                .replace("{n}", &self.calls.to_string())
        };
        let mut request = Request::builder().method(row.method.clone()).uri(fill(row.route));
        request = request.header(header::HOST, "localhost");
        if let Some(actor) = &actor {
            let (name, value) = if row.is_api() {
                let token = match with {
                    With::Login => self.app.token(actor),
                    With::PersonalToken(scope) => {
                        self.personal_token(actor, "caller", scope).await.1
                    }
                };
                (header::AUTHORIZATION, format!("Bearer {token}"))
            } else {
                (header::COOKIE, self.app.log_in(actor).await)
            };
            request = request.header(name, value).header("sec-fetch-site", "same-origin");
        }
        if !row.is_api() {
            let accept = if row.is_function() { "application/json" } else { HTML };
            request = request.header(header::ACCEPT, accept);
        }
        let body = row.sent.typed().map_or_else(Body::empty, |(kind, body)| {
            let headers = request.headers_mut().unwrap();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            Body::from(fill(body))
        });
        // The body is not read, because event streams have no end.
        let request = request.body(body).unwrap();
        self.app.router.clone().oneshot(request).await.unwrap().status().as_u16()
    }

    /// Registers the participant. Returns the id of the registration.
    async fn registration(&self, holder: &Actor, competition: &str) -> String {
        let register = format!("/api/competitions/{competition}/register");
        let registered = self.app.post(&register).by(holder).send().await;
        registered.json()["id"].as_str().unwrap().to_owned()
    }

    /// Writes a message to the participants. Returns its id.
    async fn message(&self, owner: &Actor, competition: &str) -> String {
        let body = json!({ "subject": "s", "text": "t", "statuses": ["CONFIRMED"] });
        let messages = format!("/api/competitions/{competition}/messages");
        let written = self.app.post(&messages).by(owner).json(&body).send().await;
        written.json()["id"].as_str().unwrap().to_owned()
    }

    /// Creates a personal access token. Returns its id and its text.
    async fn personal_token(&self, owner: &Actor, name: &str, scope: &str) -> (String, String) {
        let body = json!({ "name": name, "scope": scope });
        let created = self.app.post("/api/auth/tokens").by(owner).json(&body).send().await.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&created["personalToken"]["id"]), text(&created["token"]))
    }

    /// Creates a message for the participant: the confirmation of a registration.
    async fn mail(&self, reader: &Actor, competition: &str) -> String {
        self.registration(reader, competition).await;
        worker::drain(&self.app.world.ctx).await.unwrap();
        let mails = self.app.get("/api/mailbox/my").by(reader).send().await;
        mails.json()[0]["id"].as_str().unwrap().to_owned()
    }

    /// Creates a webhook of the organizer, and returns its id or that of a delivery to it.
    async fn webhook(&self, organizer: &Actor, wants_delivery: bool) -> String {
        let url = serde_json::json!({ "url": "https://club.example" });
        let created = self.app.post("/api/webhooks").by(organizer).json(&url).send().await;
        let id = created.json()["id"].as_str().unwrap().to_owned();
        if !wants_delivery {
            return id;
        }
        let test = format!("/api/webhooks/{id}/test");
        let sent = self.app.post(&test).by(organizer).send().await;
        sent.json()["id"].as_str().unwrap().to_owned()
    }

    /// Creates a dead letter.
    async fn dead_job(&self) -> String {
        let ctx = &self.app.world.ctx;
        cron::fire(ctx, &format!("tick {}", self.calls), ctx.now(), CleanUp {}).await.unwrap();
        loop {
            let Some(claim) = jobs::claim(ctx, 1).await.unwrap().pop() else { break };
            jobs::fail(ctx, &claim, "the disk is full").await.unwrap();
            self.app.world.clock.advance(TimeDelta::seconds(5));
        }
        let root = self.app.world.admin(&format!("Root {}", self.calls)).await;
        let dead = self.app.get("/api/admin/failed-jobs").by(&root).send().await;
        dead.json()[0]["id"].as_str().unwrap().to_owned()
    }
}

/// Checks rows, and reports all differences at once.
async fn check(rows: impl Iterator<Item = &'static Row>) {
    let mut matrix = Matrix::new().await;
    let mut differences = Vec::new();
    for row in rows {
        let mut statuses = [0; 5];
        for (status, who) in statuses.iter_mut().zip(ACTORS) {
            *status = matrix.status(row, who, With::Login).await;
        }
        if statuses != row.expected {
            differences.push(format!("{} {}: {statuses:?}", row.method, row.route));
        }
    }
    assert!(differences.is_empty(), "differences from the table:\n{}", differences.join("\n"));
}

#[tokio::test]
async fn the_api_enforces_the_access_matrix() {
    check(routes().filter(|row| row.is_api())).await;
}

/// Operations that a personal access token may not use.
fn takes_login(row: &Row) -> bool {
    row.route.starts_with("/api/auth/tokens")
        || row.route == "/api/auth/me/calendar-feed"
        || row.route == "/api/auth/me/data"
        || row.route == "/api/auth/password"
        || row.route == "/api/auth/roles"
        || (row.route.starts_with("/api/auth/me/email") && row.method == Method::POST)
        || (row.route == "/api/auth/me" && row.method == Method::DELETE)
}

/// Operations that ignore who calls.
fn is_public(row: &Row) -> bool {
    let [visitor, ..] = row.expected;
    row.expected.iter().all(|status| *status == visitor)
}

#[tokio::test]
async fn a_personal_access_token_can_do_what_its_scope_allows_and_no_more() {
    let mut matrix = Matrix::new().await;
    let mut differences = Vec::new();
    let mut refused = 0;
    for row in routes().filter(|row| row.is_api()) {
        for (who, with_login) in ACTORS.into_iter().zip(row.expected).skip(1) {
            for scope in ["read", "write"] {
                let is_refused = !is_public(row)
                    && (takes_login(row) || (scope == "read" && !row.method.is_safe()));
                let expected = if is_refused { 403 } else { with_login };
                let status = matrix.status(row, who, With::PersonalToken(scope)).await;
                if status != expected {
                    let Row { method, route, .. } = row;
                    differences.push(format!("{method} {route} {who:?} {scope}: {status}"));
                }
                refused += usize::from(is_refused);
            }
        }
    }
    assert!(refused > 50, "{refused} calls were refused");
    assert!(differences.is_empty(), "not as the scope says:\n{}", differences.join("\n"));
}

#[tokio::test]
async fn pages_enforce_the_access_matrix() {
    check(routes().filter(|row| !row.is_api() && !row.is_function())).await;
}

#[tokio::test]
async fn server_functions_enforce_the_access_matrix() {
    check(routes().filter(|row| row.is_function())).await;
}

/// Turns `/competitions/:id` into `/competitions/{id}`.
fn normalized(path: &str) -> String {
    let part = |part: &str| match part.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn the_table_lists_every_route() {
    // Initializes the route list of Leptos, and links the server functions in.
    let _app = App::new().await;
    let mut found = BTreeSet::new();
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    for (path, calls) in description["paths"].as_object().unwrap() {
        for method in calls.as_object().unwrap().keys() {
            found.insert(format!("{} /api{path}", method.to_uppercase()));
        }
    }
    for route in generate_route_list(app::App) {
        found.insert(format!("GET {}", normalized(route.path())));
    }
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        found.insert(format!("{method} {path}"));
    }
    // One click in a mail program, on the path of a page.
    found.insert("POST /unsubscribe/{key}/{kind}".to_owned());
    let rows = routes().filter(|row| !UNLISTED.contains(&row.route));
    let table: BTreeSet<_> = rows.map(|row| format!("{} {}", row.method, row.route)).collect();
    let missing: Vec<_> = found.difference(&table).collect();
    assert!(missing.is_empty(), "add rows to routes/ for {missing:#?}");
    let gone: Vec<_> = table.difference(&found).collect();
    assert!(gone.is_empty(), "remove the rows of {gone:#?}");
}

#[test]
fn server_functions_accept_only_post() {
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        assert_eq!(method, Method::POST, "{path}");
        assert!(path.starts_with("/fn/"), "{path} is outside of the guarded prefix");
    }
}

#[tokio::test]
async fn a_get_of_a_server_function_is_405() {
    let app = App::new().await;
    for row in routes().filter(|row| row.is_function()) {
        let response = app.get(row.route).send().await;
        assert_eq!(response.status, StatusCode::METHOD_NOT_ALLOWED, "{}", row.route);
    }
}
