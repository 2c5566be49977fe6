//! Sessions of browsers.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{BrowserSession, OpenSessions, PersonalTokenInput};
use service::{
    Actor, Context, accounts,
    personal_tokens::{self, TokenSecret},
    refresh_tokens,
    sessions::{self, MAX_BYTES, SessionId},
    testing::{CookieChange, RequestSession as Session, World, account},
};

/// The session that a browser with this cookie has.
fn session(ctx: &Context, id: &SessionId) -> Session {
    Session::new(ctx.clone(), Some(*id))
}

/// The id that the cookie is set to.
async fn commit(session: &Session) -> Option<SessionId> {
    match session.commit().await.unwrap() {
        CookieChange::Set(id, _) => Some(id),
        CookieChange::Keep | CookieChange::Remove => None,
    }
}

async fn log_in(ctx: &Context, actor: &Actor) -> SessionId {
    let session = Session::new(ctx.clone(), None);
    session.log_in(&account(actor), "").await.unwrap();
    commit(&session).await.unwrap()
}

/// A visitor's session, in which a form waits.
async fn visit(ctx: &Context) -> SessionId {
    let session = Session::new(ctx.clone(), None);
    assert!(session.put("form", "typed").await.unwrap());
    commit(&session).await.unwrap()
}

async fn is_logged_in(ctx: &Context, id: &SessionId) -> bool {
    session(ctx, id).holder().await.unwrap().is_some()
}

/// A request that only reads the session.
async fn use_it(ctx: &Context, id: &SessionId) -> CookieChange {
    let session = session(ctx, id);
    session.holder().await.unwrap();
    session.commit().await.unwrap()
}

#[tokio::test]
async fn a_user_session_expires_14_days_after_its_last_use() {
    let world = World::new().await;
    let id = log_in(&world.ctx, &world.participant("Ada").await).await;
    for _ in 0..3 {
        world.clock.advance(TimeDelta::days(13));
        let day = 24 * 60 * 60;
        let renewed = CookieChange::Set(id, Duration::from_secs(14 * day));
        assert_eq!(use_it(&world.ctx, &id).await, renewed, "the cookie is renewed as well");
    }
    world.clock.advance(TimeDelta::days(14) - TimeDelta::milliseconds(1));
    assert!(is_logged_in(&world.ctx, &id).await);
    world.clock.advance(TimeDelta::milliseconds(1));
    assert!(!is_logged_in(&world.ctx, &id).await);
}

#[tokio::test]
async fn a_used_session_is_renewed_once_an_hour() {
    let world = World::new().await;
    let id = log_in(&world.ctx, &world.participant("Ada").await).await;
    let mut renewals = 0;
    for _ in 0..72 {
        world.clock.advance(TimeDelta::minutes(10));
        renewals += usize::from(use_it(&world.ctx, &id).await != CookieChange::Keep);
    }
    assert_eq!(renewals, 12);
}

#[tokio::test]
async fn a_session_expires_90_days_after_the_login() {
    let world = World::new().await;
    let id = log_in(&world.ctx, &world.participant("Ada").await).await;
    for day in 1..90 {
        world.clock.advance(TimeDelta::days(1));
        use_it(&world.ctx, &id).await;
        assert!(is_logged_in(&world.ctx, &id).await, "day {day}");
    }
    world.clock.advance(TimeDelta::days(1));
    assert!(!is_logged_in(&world.ctx, &id).await);
}

#[tokio::test]
async fn a_visitor_session_expires_in_minutes_and_is_purged_by_later_ones() {
    let world = World::new().await;
    let mut first = Vec::new();
    for _ in 0..5 {
        first.push(visit(&world.ctx).await);
    }
    world.clock.advance(TimeDelta::minutes(30));
    let typed = session(&world.ctx, &first[0]).get::<String>("form").await.unwrap();
    assert_eq!(typed, None);
    visit(&world.ctx).await;
    visit(&world.ctx).await;
    assert_eq!(world.stored_sessions().await.len(), 2, "no clean-up has run");
}

#[tokio::test]
async fn a_request_that_began_before_a_logout_does_not_bring_the_session_back() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let other = world.second_process().await;
    let id = log_in(&world.ctx, &ada).await;
    let before = ["put", "renew", "secret", "renewal"].map(|what| (what, session(&other, &id)));
    world.clock.advance(TimeDelta::days(2));
    for (_, session) in &before {
        assert!(session.holder().await.unwrap().is_some(), "it began before");
    }
    let log_out = session(&world.ctx, &id);
    log_out.log_out().await.unwrap();
    assert_eq!(log_out.commit().await.unwrap(), CookieChange::Remove);

    for (what, slow) in &before {
        match *what {
            "put" => drop(slow.put("form", "typed").await.unwrap()),
            "renew" => slow.renew_credentials(&account(&ada)).await.unwrap(),
            "secret" => slow.put_secret("key", "secret").await.unwrap(),
            _ => {}
        }
        assert_eq!(slow.commit().await.unwrap(), CookieChange::Keep, "{what}");
        for ctx in [&world.ctx, &other] {
            assert!(!is_logged_in(ctx, &id).await, "{what}");
        }
        assert_eq!(world.stored_sessions().await, [], "{what}");
    }
}

#[tokio::test]
async fn a_login_discards_the_previous_session() {
    let world = World::new().await;
    let planted = visit(&world.ctx).await;
    let log_in = session(&world.ctx, &planted);
    log_in.log_in(&account(&world.participant("Ada").await), "").await.unwrap();
    let own = commit(&log_in).await.unwrap();
    assert_ne!(own, planted);
    let own = session(&world.ctx, &own);
    assert!(own.holder().await.unwrap().is_some());
    assert_eq!(own.get::<String>("form").await.unwrap(), None);
    let planted = session(&world.ctx, &planted);
    assert_eq!(planted.holder().await.unwrap(), None);
    assert_eq!(planted.get::<String>("form").await.unwrap(), None);
}

#[tokio::test]
async fn storing_a_secret_changes_the_session_id() {
    let world = World::new().await;
    let user = log_in(&world.ctx, &world.participant("Ada").await).await;
    for (planted, is_a_users) in [(visit(&world.ctx).await, false), (user, true)] {
        let request = session(&world.ctx, &planted);
        request.put_secret("key", "secret").await.unwrap();
        let own = commit(&request).await.unwrap();
        assert_ne!(own, planted);
        let found = session(&world.ctx, &planted).get::<String>("key").await.unwrap();
        assert_eq!(found, None, "the planted id opens nothing");
        assert!(!is_logged_in(&world.ctx, &planted).await);
        let own = session(&world.ctx, &own);
        assert_eq!(own.get::<String>("key").await.unwrap().as_deref(), Some("secret"));
        assert_eq!(own.get::<String>("form").await.unwrap(), None);
        assert_eq!(own.holder().await.unwrap().is_some(), is_a_users);
    }
}

#[tokio::test]
async fn an_unissued_session_id_is_rejected() {
    let world = World::new().await;
    let made_up: SessionId = "A".repeat(22).parse().unwrap();
    let request = session(&world.ctx, &made_up);
    request.put("form", "typed").await.unwrap();
    assert_ne!(commit(&request).await.unwrap(), made_up);
}

#[tokio::test]
async fn sessions_are_stored_under_hashes_of_their_ids() {
    let world = World::new().await;
    let id = log_in(&world.ctx, &world.participant("Ada").await).await;
    assert!(is_logged_in(&world.ctx, &id).await);
    let stored = format!("{:?} {:?}", world.stored_sessions().await, world.session_keys().await);
    assert!(!stored.contains(&id.to_string()), "{stored}");
}

#[tokio::test]
async fn stored_sessions_are_bounded() {
    let world = World::new().await;
    let id = log_in(&world.ctx, &world.participant("Ada").await).await;
    for round in 0..20 {
        let request = session(&world.ctx, &id);
        assert!(request.put(&round.to_string(), "x".repeat(MAX_BYTES / 2)).await.unwrap());
        commit(&request).await.unwrap();
    }
    let stored = world.stored_sessions().await;
    assert!(stored.iter().all(|session| session.data.len() <= MAX_BYTES));
    let large = format!("UPDATE sessions SET data = '{}'", "x".repeat(160 * 1024 + 1));
    assert!(world.execute(&large).await.is_err(), "the table refuses it");
}

#[tokio::test]
async fn a_failed_optional_write_does_not_fail_the_request() {
    let world = World::new().await;
    let id = log_in(&world.ctx, &world.participant("Ada").await).await;
    let (optional, required) = (session(&world.ctx, &id), session(&world.ctx, &id));
    optional.put_optional("flash", "done").await.unwrap();
    required.put("form", "typed").await.unwrap();
    world.ctx.db().close().await.unwrap();
    assert_eq!(optional.commit().await.unwrap(), CookieChange::Keep);
    assert!(required.commit().await.is_err());
}

/// A login in a browser that names itself.
async fn log_in_with(ctx: &Context, actor: &Actor, user_agent: &str, zone: &str) -> SessionId {
    let session = Session::of_browser(ctx.clone(), None, Some(user_agent));
    session.log_in(&account(actor), zone).await.unwrap();
    commit(&session).await.unwrap()
}

/// What the list of sessions shows in a browser.
async fn list(ctx: &Context, actor: &Actor, id: &SessionId) -> OpenSessions {
    sessions::list(ctx, actor, Some(&*session(ctx, id))).await.unwrap()
}

const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36";
const FIREFOX: &str = "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0";

#[tokio::test]
async fn the_list_of_sessions_names_each_browser_and_when_it_was_used() {
    let world = World::new().await;
    let (ada, eve) = (world.participant("Ada").await, world.participant("Eve").await);
    log_in(&world.ctx, &eve).await;
    visit(&world.ctx).await;
    let laptop = log_in_with(&world.ctx, &ada, CHROME, "Europe/Berlin").await;
    world.clock.advance(TimeDelta::hours(3));
    let phone = log_in_with(&world.ctx, &ada, FIREFOX, "Mars/Olympus").await;
    world.clock.advance(TimeDelta::hours(3));
    use_it(&world.ctx, &laptop).await;

    let shown = list(&world.ctx, &ada, &phone).await;

    let row = |session: &BrowserSession| {
        let hours = |at: domain::Timestamp| (world.ctx.now().utc() - at.utc()).num_hours();
        (
            session.browser.clone().unwrap(),
            session.time_zone.clone(),
            (hours(session.logged_in_at), hours(session.last_used_at)),
            session.is_current,
        )
    };
    let (firefox, chrome) = ("Firefox on Android".to_owned(), "Chrome on Linux".to_owned());
    let expected =
        [(firefox, None, (3, 3), true), (chrome, Some("Europe/Berlin".to_owned()), (6, 0), false)];
    assert_eq!(shown.browsers.iter().map(row).collect::<Vec<_>>(), expected);
    assert_eq!(shown.programs, 0);
}

#[tokio::test]
async fn a_user_ends_one_of_their_sessions_and_no_session_of_others() {
    let world = World::new().await;
    let (ada, eve) = (world.participant("Ada").await, world.participant("Eve").await);
    let own = log_in(&world.ctx, &ada).await;
    let lost = log_in(&world.ctx, &ada).await;
    let shown = list(&world.ctx, &ada, &own).await.browsers;
    let id = shown.iter().find(|session| !session.is_current).unwrap().id;
    assert!(is_logged_in(&world.ctx, &lost).await, "it is cached");

    sessions::log_out(&world.ctx, &eve, id).await.unwrap();
    assert!(is_logged_in(&world.ctx, &lost).await, "it is not hers");
    for _ in 0..2 {
        sessions::log_out(&world.ctx, &ada, id).await.unwrap();
        assert!(!is_logged_in(&world.ctx, &lost).await);
        assert!(is_logged_in(&world.ctx, &own).await);
    }
    assert_eq!(list(&world.ctx, &ada, &own).await.browsers.len(), 1);
}

#[tokio::test]
async fn logging_out_of_all_others_leaves_this_browser_and_the_personal_tokens() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let other = world.second_process().await;
    let own = log_in(&world.ctx, &ada).await;
    let lost = log_in(&world.ctx, &ada).await;
    let program = refresh_tokens::start(&world.ctx, &account(&ada)).await.unwrap();
    let new = PersonalTokenInput {
        name: "CI".to_owned().into(),
        scope: "read".to_owned().into(),
        ..Default::default()
    };
    let script = TokenSecret::random();
    personal_tokens::create(&world.ctx, &ada, new, &script).await.unwrap();
    assert_eq!(list(&world.ctx, &ada, &own).await.programs, 1);
    world.clock.advance(TimeDelta::days(1));

    let kept = sessions::log_out_others(&world.ctx, &ada).await.unwrap();
    let request = session(&world.ctx, &own);
    request.outlive_others(&kept).await.unwrap();
    let own = commit(&request).await.unwrap();

    for ctx in [&world.ctx, &other] {
        let holder = session(ctx, &own).holder().await.unwrap().unwrap();
        let ada = accounts::recognize(ctx, holder.user, holder.credentials).await.unwrap();
        let ada = Actor::from(ada.expect("this browser is logged in"));
        let holder = session(ctx, &lost).holder().await.unwrap().unwrap();
        let found = accounts::recognize(ctx, holder.user, holder.credentials).await.unwrap();
        assert_eq!(found, None, "the other browser is logged out");
        assert!(refresh_tokens::renew(ctx, &program).await.is_err());
        let script = personal_tokens::recognize(ctx, script.as_str()).await.unwrap();
        assert!(script.try_user().is_some(), "the personal token goes on");
        let shown = list(ctx, &ada, &own).await;
        assert_eq!((shown.browsers.len(), shown.programs), (1, 0));
        let since = world.ctx.now().utc() - shown.browsers[0].logged_in_at.utc();
        assert_eq!(since, TimeDelta::days(1), "the session lives no longer for it");
    }
}

#[tokio::test]
async fn a_login_beyond_fifty_sessions_ends_the_one_that_was_unused_for_longest() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let mut ids = Vec::new();
    for _ in 0..51 {
        ids.push(log_in(&world.ctx, &ada).await);
        world.clock.advance(TimeDelta::seconds(1));
    }
    assert!(!is_logged_in(&world.ctx, &ids[0]).await);
    assert!(is_logged_in(&world.ctx, &ids[1]).await);
    assert_eq!(list(&world.ctx, &ada, &ids[50]).await.browsers.len(), 50);
}

#[tokio::test]
async fn a_session_of_an_earlier_release_is_listed_once_it_is_used() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let id = log_in(&world.ctx, &ada).await;
    let earlier = "UPDATE sessions SET user_id = NULL, public_id = NULL, \
                   credentials_version = NULL, logged_in_at = NULL, last_used_at = NULL";
    world.execute(earlier).await.unwrap();
    assert_eq!(list(&world.ctx, &ada, &id).await.browsers, []);
    // Its entry in Redis is of an earlier release as well.
    for (key, cached) in world.cached_sessions().await {
        let mut cached: serde_json::Value = serde_json::from_str(&cached).unwrap();
        cached.as_object_mut().unwrap().remove("last_used_at");
        world.cache(&key, &cached.to_string()).await;
    }
    use_it(&world.ctx, &id).await;
    assert_eq!(list(&world.ctx, &ada, &id).await.browsers.len(), 1);
}

mod with_redis {
    use super::*;

    #[tokio::test]
    async fn a_session_read_before_a_logout_is_not_cached_after_it() {
        let world = World::new().await;
        let id = log_in(&world.ctx, &world.participant("Ada").await).await;
        let [(key, cached)] = &world.cached_sessions().await[..] else { panic!("one session") };
        session(&world.ctx, &id).log_out().await.unwrap();
        assert!(!is_logged_in(&world.ctx, &id).await);
        // A request that has read the session before, and caches it only now.
        world.cache(key, cached).await;
        assert!(!is_logged_in(&world.ctx, &id).await);
    }
}
