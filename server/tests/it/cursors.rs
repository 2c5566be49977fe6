//! Lists that are read by cursor.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use domain::CompetitionId;
use service::Actor;

use crate::support::{App, Call, Response};

/// The ids in a list.
fn ids(response: &Response) -> Vec<String> {
    assert_eq!(response.status, StatusCode::OK, "{}", response.text);
    let list = response.json();
    let items = list.as_array().expect("a bare array");
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// The link to the next part.
fn next(response: &Response) -> Option<String> {
    let link = response.header("link")?.strip_prefix('<')?;
    let (next, rel) = link.split_once(">; ")?;
    assert_eq!(rel, "rel=\"next\"", "{link}");
    Some(next.to_owned())
}

fn get<'a>(app: &'a App, path: &str, actor: Option<&Actor>) -> Call<'a> {
    let call = app.get(path);
    match actor {
        Some(actor) => call.by(actor),
        None => call,
    }
}

/// The ids of a whole list, read `limit` at a time. `meanwhile` runs before each further part.
async fn walk(
    app: &App,
    path: &str,
    actor: Option<&Actor>,
    limit: usize,
    mut meanwhile: impl AsyncFnMut(),
) -> Vec<String> {
    let separator = if path.contains('?') { '&' } else { '?' };
    let mut path = format!("{path}{separator}limit={limit}&cursor=");
    let mut found = Vec::new();
    loop {
        let part = get(app, &path, actor).send().await;
        assert_eq!(part.header("x-total-count"), None);
        let items = ids(&part);
        assert!(items.len() <= limit);
        found.extend(items);
        let Some(next) = next(&part) else { return found };
        path = next;
        meanwhile().await;
    }
}

/// The same list without a cursor.
async fn whole(app: &App, path: &str, actor: Option<&Actor>) -> Vec<String> {
    ids(&get(app, path, actor).send().await)
}

async fn cancel(app: &App, organizer: &Actor, id: &str) {
    let path = format!("/api/competitions/{id}");
    let cancelled = app.call(Method::DELETE, &path).by(organizer).send().await;
    assert_eq!(cancelled.status, StatusCode::OK);
}

/// Competitions with equal and with different times, titles and creation times.
async fn competitions(app: &App, ada: &Actor, count: i64) -> Vec<CompetitionId> {
    let mut created = Vec::new();
    for number in 0..count {
        let start = (number % 3 > 0).then(|| TimeDelta::days(7 + number % 4));
        let competition = app.world.competition(ada).titled(&format!("Über {}", number % 5));
        let competition = competition.closing_in(TimeDelta::days(1 + number % 4));
        created.push(competition.starting_in(start).tagged(&["a"]).create().await);
        if number % 2 == 0 {
            app.world.clock.advance(TimeDelta::milliseconds(1));
        }
    }
    created
}

/// The path of the deliveries of a webhook, at equal and at different times.
async fn deliveries(app: &App, organizer: &Actor, count: usize) -> String {
    let body = serde_json::json!({ "url": "https://club.example" });
    let created = app.post("/api/webhooks").by(organizer).json(&body).send().await.json();
    let path = format!("/api/webhooks/{}", created["id"].as_str().unwrap());
    for number in 0..count {
        app.post(&format!("{path}/test")).by(organizer).send().await;
        if number % 2 == 0 {
            app.world.clock.advance(TimeDelta::milliseconds(1));
        }
    }
    format!("{path}/deliveries")
}

#[tokio::test]
async fn a_walk_of_deliveries_repeats_none_while_others_are_added() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let path = deliveries(&app, &ada, 7).await;
    let before = whole(&app, &path, Some(&ada)).await;
    let test = path.replace("/deliveries", "/test");
    let found = walk(&app, &path, Some(&ada), 2, async || {
        app.world.clock.advance(TimeDelta::seconds(1));
        app.post(&test).by(&ada).send().await;
    })
    .await;
    assert_eq!(found, before);
    let eve = app.world.organizer("Eve").await;
    let other = deliveries(&app, &eve, 2).await;
    let first = app.get(&format!("{path}?limit=1&cursor=")).by(&ada).send().await;
    let cursor = next(&first).unwrap().rsplit_once("cursor=").unwrap().1.to_owned();
    let foreign = app.get(&format!("{other}?cursor={cursor}")).by(&eve).send().await;
    assert_eq!(foreign.json()["code"], "invalid_cursor");
    let hidden = app.get(&format!("{path}?cursor={cursor}")).by(&eve).send().await;
    assert_eq!(hidden.json()["code"], "webhook_not_found");
}

#[tokio::test]
async fn a_walk_reads_each_list_in_the_order_of_its_pages() {
    let app = App::new().await;
    let world = &app.world;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let root = world.admin("Root").await;
    let created = competitions(&app, &ada, 11).await;
    for id in &created {
        app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    }
    let id = created[0];
    for (number, actor) in world.participants_in_bulk(8).await.iter().enumerate() {
        let path = format!("/api/competitions/{id}/register");
        assert_eq!(app.post(&path).by(actor).send().await.status, StatusCode::CREATED);
        if number % 3 == 0 {
            app.call(Method::DELETE, &path).by(actor).send().await;
            world.clock.advance(TimeDelta::milliseconds(1));
        }
    }
    world.fill_mailbox(&ben, 7, "…").await;
    for _ in 0..4 {
        app.dead_job().await;
    }
    let deliveries = deliveries(&app, &ada, 9).await;
    let roster = format!("/api/competitions/{id}/registrations");
    let mut lists = vec![
        ("/api/competitions".to_owned(), None),
        ("/api/competitions/my-competitions".to_owned(), Some(&ada)),
        ("/api/competitions/registrations/my".to_owned(), Some(&ben)),
        ("/api/mailbox/my".to_owned(), Some(&ben)),
        ("/api/mailbox/my?search=many".to_owned(), Some(&ben)),
        ("/api/admin/failed-jobs".to_owned(), Some(&root)),
        (format!("{roster}?status=PENDING"), Some(&ada)),
        (deliveries, Some(&ada)),
    ];
    for sort in ["newest", "deadline", "start", "title"] {
        lists.push((format!("/api/competitions?sort={sort}&search=%C3%9CBER&tags=a,b"), None));
    }
    for sort in ["registered", "-registered", "name", "-name", "status", "-status"] {
        lists.push((format!("{roster}?sort={sort}"), Some(&ada)));
    }
    for (path, actor) in lists {
        let expected = whole(&app, &path, actor).await;
        assert!(expected.len() >= 4, "{path}: {expected:?}");
        for limit in [1, 3, expected.len(), 100] {
            assert_eq!(walk(&app, &path, actor, limit, async || {}).await, expected, "{path}");
        }
    }
}

#[tokio::test]
async fn a_walk_meets_once_what_exists_throughout_while_others_come_and_go() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    for sort in ["newest", "deadline", "start", "title"] {
        let path = format!("/api/competitions?sort={sort}");
        competitions(&app, &ada, 12).await;
        let before = whole(&app, &path, None).await;
        // Every fourth is cancelled, from both ends on, and new ones are created in all places.
        let mut doomed: Vec<_> = before.iter().step_by(4).cloned().collect();
        let staying: BTreeSet<_> =
            before.iter().filter(|id| !doomed.contains(id)).cloned().collect();
        let mut last = false;
        let found = walk(&app, &path, None, 3, async || {
            last = !last;
            if !doomed.is_empty() {
                let id = doomed.remove(if last { doomed.len() - 1 } else { 0 });
                cancel(&app, &ada, &id).await;
            }
            competitions(&app, &ada, 1).await;
        })
        .await;
        let unique: BTreeSet<_> = found.iter().cloned().collect();
        assert_eq!(unique.len(), found.len(), "{sort}: an item is there twice: {found:?}");
        assert!(unique.is_superset(&staying), "{sort}: an item is missing: {found:?}");
    }
}

#[tokio::test]
async fn a_walk_of_a_roster_meets_everyone_while_others_register_and_cancel() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).seats(100).create().await;
    let register = format!("/api/competitions/{id}/register");
    let path = format!("/api/competitions/{id}/registrations?sort=name");
    let people = app.world.participants_in_bulk(30).await;
    let (early, late) = people.split_at(15);
    for actor in early {
        app.post(&register).by(actor).send().await;
    }
    let staying = whole(&app, &path, Some(&ada)).await;
    let mut late = late.iter();
    let found = walk(&app, &path, Some(&ada), 2, async || {
        if let Some(actor) = late.next() {
            app.post(&register).by(actor).send().await;
        }
    })
    .await;
    let unique: BTreeSet<_> = found.iter().cloned().collect();
    assert_eq!(unique.len(), found.len());
    assert!(unique.is_superset(&staying.into_iter().collect()));
}

#[tokio::test]
async fn a_forged_or_foreign_cursor_is_rejected() {
    let app = App::new().await;
    let (ada, eve) = (app.world.organizer("Ada").await, app.world.organizer("Eve").await);
    let created = competitions(&app, &ada, 3).await;
    competitions(&app, &eve, 3).await;
    let cursor = async |path: &str, actor| {
        let first = get(&app, &format!("{path}&limit=1&cursor="), actor).send().await;
        next(&first).expect("a next part").rsplit_once("cursor=").unwrap().1.to_owned()
    };
    let refused = async |path: &str, actor: Option<&Actor>| {
        let response = get(&app, path, actor).send().await;
        (response.status == StatusCode::BAD_REQUEST).then(|| response.json()["code"].clone())
    };
    let list = cursor("/api/competitions?search=%C3%BCber", None).await;
    let own = cursor("/api/competitions/my-competitions?", Some(&ada)).await;
    let again = format!("/api/competitions?cursor={list}&search=%C3%BCber&limit=50");
    assert_eq!(refused(&again, None).await, None, "the same list with another limit");
    let mut forged = list.clone().into_bytes();
    forged[20] = if forged[20] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    for (path, actor) in [
        (format!("/api/competitions?search=%C3%BCber&cursor={forged}"), None),
        (format!("/api/competitions?search=%C3%BCber&cursor={}", &list[..30]), None),
        ("/api/competitions?cursor=1".to_owned(), None),
        ("/api/competitions?cursor=%F0%9F%98%80".to_owned(), None),
        (format!("/api/competitions?cursor={list}"), None),
        (format!("/api/competitions?search=%C3%BCber&sort=title&cursor={list}"), None),
        (format!("/api/competitions/my-competitions?cursor={list}"), Some(&ada)),
        (format!("/api/competitions/my-competitions?cursor={own}"), Some(&eve)),
        (format!("/api/competitions/{}/registrations?cursor={own}", created[0]), Some(&ada)),
    ] {
        assert_eq!(refused(&path, actor).await, Some("invalid_cursor".into()), "{path}");
    }
    for path in ["?cursor=&page=1", "?cursor=&cursor=", "?cursor=&limit=x"] {
        let path = format!("/api/competitions{path}");
        assert_eq!(refused(&path, None).await, Some("validation_failed".into()), "{path}");
    }
    assert_eq!(refused("/api/competitions?cursor=&page=", None).await, None);
    let visitor = app.get("/api/mailbox/my?cursor=x").send().await;
    assert_eq!(visitor.status, StatusCode::UNAUTHORIZED, "the token is checked first");
}

#[tokio::test]
async fn a_list_without_a_cursor_is_as_before_and_links_to_what_it_leaves_out() {
    let app = App::new().await;
    let ben = app.world.participant("Ben").await;
    app.world.fill_mailbox(&ben, 500, "…").await;
    let list = app.get("/api/mailbox/my?limit=3").by(&ben).send().await;
    assert_eq!((ids(&list).len(), next(&list)), (500, None));
    app.world.clock.advance(TimeDelta::seconds(1));
    app.world.fill_mailbox(&ben, 30, "…").await;
    let list = app.get("/api/mailbox/my").by(&ben).send().await;
    let mut found: BTreeSet<_> = ids(&list).into_iter().collect();
    assert_eq!(found.len(), 500);
    let rest = app.get(&next(&list).expect("30 are left")).by(&ben).send().await;
    found.extend(ids(&rest));
    assert_eq!((found.len(), next(&rest)), (530, None));
}
