//! Drafts and unlisted competitions, by the API and on pages.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request, Response as HttpResponse, StatusCode, header},
};
use chrono::TimeDelta;
use domain::{CompetitionId, Visibility};
use futures::future::join_all;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use service::Actor;
use tokio::time::timeout;
use tower::ServiceExt;

use crate::support::{App, Response};

/// Far longer than anything here takes.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Nothing has this id.
const UNKNOWN: &str = "01939c2e-7b5a-7000-8000-000000000001";
const TITLE: &str = "Xylophone Open";

/// A competition of Ada's, and the users who may ask for it.
struct Scene {
    app: App,
    ada: Actor,
    id: CompetitionId,
    path: String,
}

impl Scene {
    async fn with(visibility: Visibility) -> Self {
        let app = App::new().await;
        let ada = app.world.organizer("Ada").await;
        let competition = app.world.competition(&ada).titled(TITLE).tagged(&["xylophone"]);
        let id = competition.visible_as(visibility).create().await;
        let path = format!("/api/competitions/{id}");
        Self { app, ada, id, path }
    }

    async fn set(&self, visibility: &str) -> Response {
        let edit = json!({ "visibility": visibility });
        self.app.patch(&self.path).by(&self.ada).json(&edit).send().await
    }

    async fn status(&self, path: &str) -> StatusCode {
        self.app.get(path).send().await.status
    }

    /// The open stream of a viewer.
    async fn watch(&self, viewer: Option<&Actor>) -> HttpResponse<Body> {
        let mut request = Request::get(format!("{}/events", self.path)).header("host", "localhost");
        if let Some(viewer) = viewer {
            request = request.header("authorization", format!("Bearer {}", self.app.token(viewer)));
        }
        self.app.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }
}

/// A request, with a body if it changes something.
type Route = (Method, String, Option<Value>);

/// Every route that shows a competition or does something to it.
fn routes(id: &str) -> Vec<Route> {
    let get = |path: &str| (Method::GET, path.replace("{id}", id), None);
    let api = "/api/competitions/{id}";
    let mut routes: Vec<_> = [
        api,
        "/api/competitions/{id}/calendar.ics",
        "/api/competitions/{id}/seats",
        "/api/competitions/{id}/events",
        "/api/competitions/{id}/registrations",
        "/api/competitions/{id}/registrations?cursor=",
        "/api/competitions/{id}/registrations.csv",
        "/competitions/{id}",
        "/competitions/{id}/edit",
        "/competitions/{id}/manage",
        "/competitions/{id}/cancel",
        "/competitions/{id}/cancel-registration",
        "/competitions/create?from={id}",
    ]
    .map(get)
    .into();
    let path = api.replace("{id}", id);
    routes.extend([
        (Method::PATCH, path.clone(), Some(json!({ "title": "Mine now" }))),
        (Method::PATCH, path.clone(), Some(json!({ "title": "" }))),
        (Method::DELETE, path.clone(), None),
        (Method::POST, format!("{path}/register"), None),
        (Method::DELETE, format!("{path}/register"), None),
    ]);
    routes
}

/// What a client can tell responses apart by, without what differs each time.
fn seen(response: &Response, id: &str) -> (StatusCode, Vec<String>, String) {
    let request_id = response.header("x-request-id").unwrap_or("no request id").to_owned();
    let after = |text: &'_ str, mark: &str| text.split_once(mark).map(|(_, rest)| rest.to_owned());
    let nonce = after(&response.text, "modulepreload")
        .and_then(|rest| after(&rest, "crossorigin=\""))
        .and_then(|rest| Some(rest.split_once('"')?.0.to_owned()));
    let without = |text: &str| {
        // Addresses in a query have their hyphens encoded.
        let text = text.replace(id, "[id]").replace(&id.replace('-', "%2D"), "[id]");
        let text = text.replace(&request_id, "[request]");
        match &nonce {
            Some(nonce) => text.replace(nonce, "[nonce]"),
            None => text,
        }
    };
    // The policy has the hash of a script in which the id of the request is.
    let headers =
        response.headers.iter().filter(|(name, _)| *name != header::CONTENT_SECURITY_POLICY);
    let headers = headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
    (response.status, headers.map(|header| without(&header)).collect(), without(&response.text))
}

#[tokio::test]
async fn a_draft_is_answered_like_an_unknown_id_to_everyone_but_its_organizer() {
    let scene = Scene::with(Visibility::Draft).await;
    let (app, id) = (&scene.app, scene.id.to_string());
    let viewers = [
        ("a visitor", None),
        ("another organizer", Some(app.world.organizer("Eve").await)),
        ("a participant", Some(app.world.participant("Pia").await)),
        ("an administrator", Some(app.world.admin("Root").await)),
    ];
    for (name, viewer) in &viewers {
        let cookie = match viewer {
            Some(viewer) => Some(app.log_in(viewer).await),
            None => None,
        };
        for (of_draft, of_unknown) in routes(&id).into_iter().zip(routes(UNKNOWN)) {
            let ask = async |(method, path, body): &Route| {
                let is_page = !path.starts_with("/api");
                let mut call = app.call(method.clone(), path);
                call = call.header("accept", if is_page { "text/html" } else { "*/*" });
                if let Some(cookie) = cookie.as_ref().filter(|_| is_page) {
                    call = call.header("cookie", cookie);
                }
                if let Some(viewer) = viewer.as_ref().filter(|_| !is_page) {
                    call = call.by(viewer);
                }
                if let Some(body) = body {
                    call = call.json(body);
                }
                call.send().await
            };
            let (draft, unknown) = (ask(&of_draft).await, ask(&of_unknown).await);
            assert!(!draft.status.is_success(), "{name}: {of_draft:?} is {}", draft.status);
            assert!(!draft.text.contains(TITLE), "{name}: {of_draft:?} shows the draft");
            assert_eq!(seen(&draft, &id), seen(&unknown, UNKNOWN), "{name}: {of_draft:?}");
        }
    }
    let left = app.get(&scene.path).by(&scene.ada).send().await.json();
    assert_eq!((&left["title"], &left["cancelledAt"]), (&json!(TITLE), &Value::Null));
}

#[tokio::test]
async fn a_draft_is_shown_to_its_organizer_and_stored_nowhere() {
    let scene = Scene::with(Visibility::Draft).await;
    let (app, id) = (&scene.app, scene.id);
    let cookie = app.log_in(&scene.ada).await;
    for path in [
        format!("/api/competitions/{id}"),
        format!("/api/competitions/{id}/calendar.ics"),
        format!("/api/competitions/{id}/seats"),
        format!("/api/competitions/{id}/registrations"),
        format!("/api/competitions/{id}/registrations.csv"),
        "/api/competitions/my-competitions".to_owned(),
        format!("/competitions/{id}"),
        format!("/competitions/{id}/edit"),
        format!("/competitions/{id}/manage"),
        format!("/competitions/{id}/cancel"),
        format!("/competitions/create?from={id}"),
        "/dashboard".to_owned(),
    ] {
        // A visitor first, so that there is a response that could be shared.
        app.get(&path).header("accept", "text/html, application/json").send().await;
        let own = app.get(&path).header("cookie", &cookie);
        let own = own.header("accept", "text/html, application/json").send().await;
        assert_eq!(own.status, StatusCode::OK, "{path}: {}", own.text);
        let stored = own.header("cache-control").unwrap_or_default();
        assert!(stored.ends_with("no-store"), "{path}: {stored}");
        let visitor = app.get(&path).header("accept", "text/html, application/json").send().await;
        assert!(!visitor.text.contains(TITLE), "{path} was shared");
    }
    let tagged = app.get(&scene.path).by(&scene.ada).send().await;
    let tag = tagged.header("etag").expect("a tag").to_owned();
    let again = async |viewer: Option<&Actor>| {
        let call = app.get(&scene.path).header("if-none-match", &tag);
        let call = if let Some(viewer) = viewer { call.by(viewer) } else { call };
        call.send().await.status
    };
    assert_eq!(again(Some(&scene.ada)).await, StatusCode::NOT_MODIFIED);
    assert_eq!(again(None).await, StatusCode::NOT_FOUND);
    let edit = json!({ "title": "Other" });
    let edit = app.patch(&scene.path).by(&scene.ada).header("if-match", &tag).json(&edit);
    assert_eq!(edit.send().await.status, StatusCode::OK);
}

#[tokio::test]
async fn concurrent_requests_for_a_draft_share_no_response_with_its_organizer() {
    let scene = Scene::with(Visibility::Draft).await;
    for path in [scene.path.clone(), format!("{}/seats", scene.path)] {
        let all = join_all((0..40).map(async |number| {
            let is_own = number % 2 == 0;
            let call = scene.app.get(&path);
            let call = if is_own { call.by(&scene.ada) } else { call };
            (is_own, call.send().await.status)
        }));
        for (is_own, status) in all.await {
            let expected = if is_own { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(status, expected, "{path} for {}", if is_own { "Ada" } else { "a visitor" });
        }
    }
}

#[tokio::test]
async fn drafts_and_unlisted_competitions_are_in_no_list_search_count_or_tag() {
    for visibility in [Visibility::Draft, Visibility::Unlisted] {
        let scene = Scene::with(visibility).await;
        let (app, ada) = (&scene.app, scene.ada.user().unwrap().id);
        service::competitions::index_missing(&app.world.ctx).await.unwrap();
        let cookie = app.log_in(&scene.ada).await;
        for query in [
            "",
            "?search=xylophone",
            "?search=xylophome",
            "?search=ada",
            "?tags=xylophone",
            "?sort=deadline",
            "?sort=start",
            "?sort=title",
            "?sort=relevance",
            &format!("?organizerId={ada}"),
        ] {
            let list = app.get(&format!("/api/competitions{query}")).send().await;
            assert_eq!(list.json(), json!([]), "{visibility} {query}");
            assert_eq!(list.header("x-total-count"), Some("0"), "{visibility} {query}");
            let and = if query.is_empty() { "?" } else { "&" };
            let part = app.get(&format!("/api/competitions{query}{and}cursor="));
            if query != "?sort=relevance" {
                assert_eq!(part.send().await.json(), json!([]), "{visibility} {query}");
            }
            for cookie in [None, Some(&cookie)] {
                let page = app.get(&format!("/competitions{query}"));
                let page =
                    if let Some(cookie) = cookie { page.header("cookie", cookie) } else { page };
                let page = page.header("accept", "text/html").send().await;
                assert!(!page.text.contains(TITLE), "{visibility} {query}");
                let offered = page.text.contains("tags=xylophone\"");
                assert!(!offered || query.contains("tags"), "{visibility} {query}: the tag");
            }
        }
        let home = app.get("/").send().await;
        assert!(!home.text.contains(TITLE), "{visibility} is on the home page");
        let mine = app.get("/api/competitions/my-competitions").by(&scene.ada).send().await.json();
        assert_eq!(mine[0]["visibility"], visibility.as_str());

        // It appears once it is public, and leaves again.
        assert_eq!(scene.set("PUBLIC").await.status, StatusCode::OK);
        for path in
            ["/api/competitions", "/api/competitions?search=xylophone", "/competitions", "/"]
        {
            assert!(app.get(path).send().await.text.contains(TITLE), "{visibility} {path}");
        }
        assert_eq!(scene.set(visibility.as_str()).await.status, StatusCode::OK);
        for path in
            ["/api/competitions", "/api/competitions?search=xylophone", "/competitions", "/"]
        {
            assert!(!app.get(path).send().await.text.contains(TITLE), "{visibility} {path}");
        }
    }
}

#[tokio::test]
async fn an_unlisted_competition_is_open_to_everyone_with_the_link() {
    let scene = Scene::with(Visibility::Unlisted).await;
    let (app, id) = (&scene.app, scene.id);
    for path in [
        format!("/api/competitions/{id}"),
        format!("/api/competitions/{id}/calendar.ics"),
        format!("/api/competitions/{id}/seats"),
        format!("/competitions/{id}"),
    ] {
        let shown = app.get(&path).header("accept", "text/html, application/json").send().await;
        assert_eq!(shown.status, StatusCode::OK, "{path}: {}", shown.text);
    }
    assert_eq!(scene.watch(None).await.status(), StatusCode::OK);
    let ben = app.world.participant("Ben").await;
    let seat = app.post(&format!("{}/register", scene.path)).by(&ben).send().await;
    assert_eq!(seat.status, StatusCode::CREATED, "{}", seat.text);
    let mine = app.get("/api/competitions/registrations/my").by(&ben).send().await.json();
    assert_eq!(mine[0]["competition"]["title"], TITLE);
}

#[tokio::test]
async fn unpublishing_invalidates_responses_that_visitors_share() {
    let scene = Scene::with(Visibility::Public).await;
    let page = format!("/competitions/{}", scene.id);
    let read = [scene.path.clone(), format!("{}/seats", scene.path), page.clone()];
    let tag = scene.app.get(&scene.path).send().await.header("etag").unwrap().to_owned();
    for _ in 0..2 {
        for path in &read {
            assert_eq!(scene.status(path).await, StatusCode::OK, "{path}");
        }
        assert_eq!(scene.set("DRAFT").await.status, StatusCode::OK);
        for path in &read {
            assert_eq!(scene.status(path).await, StatusCode::NOT_FOUND, "{path}");
        }
        let known = scene.app.get(&scene.path).header("if-none-match", &tag).send().await;
        assert_eq!(known.status, StatusCode::NOT_FOUND);
        assert_eq!(scene.set("PUBLIC").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_stream_of_a_visitor_ends_when_the_competition_becomes_a_draft() {
    let scene = Scene::with(Visibility::Public).await;
    let mut visitor = scene.watch(None).await.into_body();
    visitor.frame().await.expect("the seats").unwrap();
    assert_eq!(scene.set("DRAFT").await.status, StatusCode::OK);
    let end = timeout(TIMEOUT, visitor.frame()).await.expect("an end");
    assert!(end.is_none(), "the stream went on: {end:?}");
    assert_eq!(scene.watch(None).await.status(), StatusCode::NOT_FOUND);

    let own = scene.watch(Some(&scene.ada)).await;
    assert_eq!(own.headers()["cache-control"], "no-store, no-transform");
    let mut own = own.into_body();
    let text = async |body: &mut Body| {
        let frame = body.frame().await.expect("an event").unwrap();
        String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
    };
    let first = text(&mut own).await;
    assert!(first.contains("\"sequence\":2}"), "{first}");
    scene.app.patch(&scene.path).by(&scene.ada).json(&json!({ "capacity": 7 })).send().await;
    let next = timeout(TIMEOUT, text(&mut own)).await.expect("an event");
    assert!(next.contains("\"capacity\":7"), "{next}");
}

#[tokio::test]
async fn a_visibility_changes_to_any_other_and_is_returned_everywhere() {
    let scene = Scene::with(Visibility::Draft).await;
    let (app, ada) = (&scene.app, &scene.ada);
    for to in ["DRAFT", "UNLISTED", "PUBLIC", "UNLISTED", "DRAFT", "PUBLIC", "DRAFT"] {
        let edited = scene.set(to).await;
        assert_eq!(edited.status, StatusCode::OK, "{}", edited.text);
        assert_eq!(edited.json()["visibility"], to);
        assert_eq!(app.get(&scene.path).by(ada).send().await.json()["visibility"], to);
        let mine = app.get("/api/competitions/my-competitions").by(ada).send().await.json();
        assert_eq!(mine[0]["visibility"], to);
    }
    for wrong in [json!("HIDDEN"), json!(1)] {
        let refused = app.patch(&scene.path).by(ada).json(&json!({ "visibility": wrong }));
        let refused = refused.send().await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
        assert_eq!(refused.json()["errors"][0]["field"], "visibility");
    }
}

#[tokio::test]
async fn a_competition_with_registrations_does_not_become_a_draft() {
    let scene = Scene::with(Visibility::Public).await;
    let ben = scene.app.world.participant("Ben").await;
    let register = format!("{}/register", scene.path);
    let registered = scene.app.post(&register).by(&ben).send().await.json();
    let refused = scene.set("DRAFT").await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    let problem = refused.json();
    assert_eq!(problem["code"], "has_registrations");
    assert_eq!(problem["errors"][0]["field"], "visibility");
    assert_eq!(scene.set("UNLISTED").await.status, StatusCode::OK);

    scene.app.call(Method::DELETE, &register).by(&ben).send().await;
    assert_eq!(scene.set("DRAFT").await.status, StatusCode::OK);
    // A participant who has cancelled does not see the draft among the registrations.
    let registration = format!("/api/registrations/{}", registered["id"].as_str().unwrap());
    let mine = "/api/competitions/registrations/my";
    let cookie = scene.app.log_in(&ben).await;
    let shows = async |path: &str| {
        let call = scene.app.get(path).header("cookie", &cookie);
        let shown = call.header("accept", "text/html, application/json").send().await;
        (shown.text.contains(TITLE), shown.status, shown)
    };
    for path in [mine, &format!("{mine}?cursor="), "/dashboard"] {
        let (shows_title, status, shown) = shows(path).await;
        assert!(!shows_title && status == StatusCode::OK, "{path}: {}", shown.text);
        if path == mine {
            assert_eq!(shown.header("x-total-count"), Some("0"));
        }
    }
    for path in [registration.clone(), format!("{registration}/calendar.ics")] {
        let (_, status, shown) = shows(&path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {}", shown.text);
        let unknown = scene.app.get(&path.replace(registered["id"].as_str().unwrap(), UNKNOWN));
        let unknown = unknown.header("cookie", &cookie).send().await;
        assert_eq!(unknown.text, shown.text, "{path}");
    }
    assert_eq!(scene.set("PUBLIC").await.status, StatusCode::OK);
    for path in [mine.to_owned(), format!("{mine}?cursor="), registration, "/dashboard".into()] {
        assert!(shows(&path).await.0, "{path}");
    }
}

#[tokio::test]
async fn a_draft_is_published_only_before_its_deadline() {
    let scene = Scene::with(Visibility::Draft).await;
    scene.app.world.clock.advance(TimeDelta::days(2));
    for to in ["PUBLIC", "UNLISTED"] {
        let refused = scene.set(to).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.json()["code"], "deadline_not_in_future", "{to}");
    }
    let edit = json!({
        "visibility": "PUBLIC", "regDeadline": "2026-11-26T12:00:00Z", "title": TITLE,
    });
    let published = scene.app.patch(&scene.path).by(&scene.ada).json(&edit).send().await;
    assert_eq!(published.status, StatusCode::OK, "{}", published.text);
    // One that is published stays so after its deadline.
    scene.app.world.clock.advance(TimeDelta::days(2));
    assert_eq!(scene.set("UNLISTED").await.status, StatusCode::OK);
    assert_eq!(scene.set("PUBLIC").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_cancelled_draft_is_final_and_stays_hidden() {
    let scene = Scene::with(Visibility::Draft).await;
    let cancelled = scene.app.call(Method::DELETE, &scene.path).by(&scene.ada).send().await;
    assert_eq!(cancelled.status, StatusCode::OK, "{}", cancelled.text);
    assert_eq!(scene.status(&scene.path).await, StatusCode::NOT_FOUND);
    assert_eq!(scene.set("PUBLIC").await.json()["code"], "cancelled_is_final");
}

#[tokio::test]
async fn a_key_is_for_one_visibility() {
    let scene = Scene::with(Visibility::Draft).await;
    let send = async |visibility: Option<&str>| {
        let mut body = json!({
            "title": "Chess", "description": "Seven rounds", "capacity": 5,
            "regDeadline": "2026-11-30T12:00:00Z",
        });
        if let Some(visibility) = visibility {
            body["visibility"] = visibility.into();
        }
        let call = scene.app.post("/api/competitions").by(&scene.ada).json(&body);
        call.header("idempotency-key", "k").send().await
    };
    let first = send(Some("DRAFT")).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let replayed = send(Some("DRAFT")).await;
    assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
    assert_eq!(replayed.json(), first.json());
    for other in [None, Some("PUBLIC"), Some("UNLISTED")] {
        let refused = send(other).await;
        assert_eq!(refused.json()["code"], "idempotency_key_reused", "{other:?}");
    }
}

/// Posts a form as a browser without JavaScript does. Returns the address that it leads to.
async fn post_form(app: &App, cookie: &str, function: &str, form: &str) -> String {
    let call = app.post(&format!("/fn/{function}")).header("cookie", cookie);
    let call = call.header("accept", "text/html").header("sec-fetch-site", "same-origin");
    let call = call.text("application/x-www-form-urlencoded", form.to_owned());
    let response = call.send().await;
    assert_eq!(response.status, StatusCode::FOUND, "{}", response.text);
    response.header("location").expect("an address").to_owned()
}

async fn page(app: &App, cookie: &str, path: &str) -> String {
    let call = app.get(path).header("cookie", cookie).header("accept", "text/html");
    call.send().await.text
}

const NOINDEX: &str = "<meta name=\"robots\" content=\"noindex\"";

#[tokio::test]
async fn a_draft_is_saved_published_and_unpublished_on_pages_without_javascript() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = &app.log_in(&ada).await;
    let new = page(&app, cookie, "/competitions/create").await;
    for button in ["Publish", "Save as draft", "Preview"] {
        assert!(new.contains(button), "{button}");
    }
    let fields = "draft[title]=Xylophone+Open&draft[description]=Seven&draft[capacity]=5\
        &draft[timeZone]=UTC&draft[regDeadline]=2026-11-30T12:00&draft[visibility]=UNLISTED";
    let draft = format!("{fields}&idempotency_key=k1&intent=draft");
    let path = post_form(&app, cookie, "create_competition", &draft).await;
    let path = path.strip_prefix("http://localhost").unwrap_or(&path).to_owned();
    let shown = page(&app, cookie, &path).await;
    assert!(shown.contains("Only you can see this draft."), "{shown}");
    assert!(shown.contains(NOINDEX) && shown.contains(&format!("{path}/manage")));
    assert!(shown.contains("is saved as a draft"), "no toast");
    assert_eq!(app.get(&path).send().await.status, StatusCode::NOT_FOUND);
    let edit = page(&app, cookie, &format!("{path}/edit")).await;
    assert!(edit.contains("name=\"draft[visibility]\" value=\"DRAFT\""), "{edit}");

    let manage = format!("{path}/manage");
    let id = path.rsplit('/').next().unwrap();
    for (to, says) in [
        ("PUBLIC", "Everyone can find this competition."),
        ("UNLISTED", "Everyone with the link can see this competition."),
        ("DRAFT", "This competition is a draft: only you can see it."),
        ("UNLISTED", "Everyone with the link can see this competition."),
    ] {
        let form = format!("competition={id}&visibility={to}");
        let leads_to = post_form(&app, cookie, "set_visibility", &form).await;
        assert!(leads_to.ends_with(&manage), "{leads_to}");
        let confirmed = page(&app, cookie, &manage).await;
        assert!(confirmed.contains(says), "{to}: {confirmed}");
        let is_confirmed =
            ["Published. ", "Saved. ", "Unpublished. "].iter().any(|done| confirmed.contains(done));
        assert!(is_confirmed, "{to}: {confirmed}");
        let again = page(&app, cookie, &manage).await;
        assert!(!again.contains("Published. ") && again.contains(says), "a reload confirms again");
        let public = app.get(&path).send().await;
        assert_eq!(public.status == StatusCode::NOT_FOUND, to == "DRAFT");
        assert_eq!(public.text.contains(NOINDEX), to == "UNLISTED", "{to}");
        let badge = match to {
            "PUBLIC" => None,
            "UNLISTED" => Some(">Unlisted<"),
            _ => Some(">Draft<"),
        };
        for on in [&path, &manage, "/dashboard"] {
            let shown = page(&app, cookie, on).await;
            for known in [">Unlisted<", ">Draft<"] {
                assert_eq!(shown.contains(known), badge == Some(known), "{known} on {on} as {to}");
            }
        }
    }
}

#[tokio::test]
async fn a_refused_visibility_is_explained_on_the_page_where_a_competition_is_managed() {
    let scene = Scene::with(Visibility::Public).await;
    let (app, id) = (&scene.app, scene.id);
    let (cookie, manage) = (&app.log_in(&scene.ada).await, format!("/competitions/{id}/manage"));
    let ben = app.world.participant("Ben").await;
    app.post(&format!("{}/register", scene.path)).by(&ben).send().await;
    let shown = page(app, cookie, &manage).await;
    assert!(!shown.contains("Unpublish<"), "a button that is refused");
    post_form(app, cookie, "set_visibility", &format!("competition={id}&visibility=DRAFT")).await;
    let refused = page(app, cookie, &manage).await;
    assert!(refused.contains("People are registered, so"), "{refused}");

    let late = app.world.competition(&scene.ada).visible_as(Visibility::Draft).create().await;
    app.world.clock.advance(TimeDelta::days(2));
    let form = format!("competition={late}&visibility=PUBLIC");
    let leads_to = post_form(app, cookie, "set_visibility", &form).await;
    let refused = page(app, cookie, leads_to.trim_start_matches("http://localhost")).await;
    assert!(refused.contains("Registration would be closed."), "{refused}");
}
