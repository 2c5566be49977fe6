//! The keys of feeds, and who may make and use them.

use chrono::TimeDelta;
use domain::{Email, ErrorCode, PasswordChangeInput, Timestamp};
use service::{
    Actor, ClientAddress,
    accounts::{self, change_password, disable, enable},
    backup,
    calendar_feed::{FeedKey, Handover, find, get, read, remove, renew},
    personal_tokens,
    testing::{CookieChange, PASSWORD, RequestSession, World, account},
};

use super::{feed_of, status_of, text};
use crate::{
    personal_tokens::create_token,
    support::{at_once, clean_up, code, register},
};

#[tokio::test]
async fn renewing_replaces_the_key_and_removing_ends_it_in_every_process() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ben = world.participant("Ben").await;
    assert_eq!(find(&world.ctx, &ben).await.unwrap(), None);
    let none = get(&world.ctx, &ben).await.map(drop).map_err(code);
    assert_eq!(none, Err(ErrorCode::CalendarFeedNotFound));
    let first = feed_of(&world.ctx, &ben).await;
    assert_eq!(status_of(&other, &first).await, Ok(()));
    world.clock.advance(TimeDelta::minutes(5));
    let second = feed_of(&world.ctx, &ben).await;
    let not_found = Err(ErrorCode::CalendarFeedNotFound);
    assert_eq!(status_of(&other, &first).await, not_found);
    let feed = get(&other, &ben).await.unwrap();
    assert_eq!((feed.created_at, feed.last_read_at), (world.ctx.now(), None));
    assert_eq!(status_of(&other, &second).await, Ok(()));
    remove(&world.ctx, &ben).await.unwrap();
    assert_eq!(status_of(&other, &second).await, not_found);
    remove(&world.ctx, &ben).await.unwrap();
    assert_eq!(find(&world.ctx, &ben).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_concurrent_renewals_one_key_is_left() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ben = world.participant("Ben").await;
    let keys = at_once((0..8).map(|number| {
        let (ctx, ben) = ([&world.ctx, &other][number % 2].clone(), ben.clone());
        async move { feed_of(&ctx, &ben).await }
    }))
    .await;
    let mut readable = 0;
    for key in &keys {
        readable += usize::from(status_of(&world.ctx, key).await.is_ok());
    }
    assert_eq!(readable, 1);
}

#[tokio::test]
async fn texts_that_are_no_key_are_not_found() {
    let world = World::new().await;
    let ben = world.participant("Ben").await;
    let key = feed_of(&world.ctx, &ben).await;
    let unissued = text(&world.ctx, &FeedKey::random());
    let hash = world.stored_text().await;
    assert!(!hash.contains(&key["mccal_".len()..]), "the key is stored nowhere");
    for wrong in ["", "\0", "mccal_", "../x", &key[..69], &key.to_uppercase(), &unissued] {
        let found = status_of(&world.ctx, wrong).await;
        assert_eq!(found, Err(ErrorCode::CalendarFeedNotFound), "{wrong:?}");
    }
}

#[tokio::test]
async fn a_disabled_account_has_no_feed_until_it_is_enabled() {
    let world = World::new().await;
    let ben = world.participant("Ben").await;
    let key = feed_of(&world.ctx, &ben).await;
    let address = Email::parse("ben@example.com").unwrap();
    disable(&world.ctx, &address).await.unwrap();
    assert_eq!(status_of(&world.ctx, &key).await, Err(ErrorCode::CalendarFeedNotFound));
    enable(&world.ctx, &address).await.unwrap();
    assert_eq!(status_of(&world.ctx, &key).await, Ok(()));
}

#[tokio::test]
async fn a_deleted_account_has_no_feed_also_where_its_row_stays() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let eve = world.participant("Eve").await;
    let over = world.competition(&ada).create().await;
    register(&world.ctx, &ben, over).await.unwrap();
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::days(8));
    let keys = [feed_of(&world.ctx, &ben).await, feed_of(&world.ctx, &eve).await];
    let of_ada = feed_of(&world.ctx, &ada).await;
    for actor in [&ben, &eve] {
        let from = ClientAddress::UNKNOWN;
        accounts::delete(&world.ctx, actor, PASSWORD.to_owned(), from).await.unwrap();
    }
    for key in &keys {
        assert_eq!(status_of(&world.ctx, key).await, Err(ErrorCode::CalendarFeedNotFound));
    }
    assert_eq!(status_of(&world.ctx, &of_ada).await, Ok(()));
}

#[tokio::test]
async fn a_feed_that_no_calendar_reads_for_400_days_is_deleted() {
    let world = World::new().await;
    let [read_once, never_read] = &world.participants(2).await[..] else { panic!("two") };
    let once = feed_of(&world.ctx, read_once).await;
    feed_of(&world.ctx, never_read).await;
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(status_of(&world.ctx, &once).await, Ok(()));
    world.clock.advance(TimeDelta::days(399));
    clean_up(&world).await;
    assert!(find(&world.ctx, never_read).await.unwrap().is_some());
    world.clock.advance(TimeDelta::milliseconds(1));
    clean_up(&world).await;
    assert_eq!(find(&world.ctx, never_read).await.unwrap(), None);
    assert!(find(&world.ctx, read_once).await.unwrap().is_some());
    world.clock.advance(TimeDelta::days(1));
    clean_up(&world).await;
    assert_eq!(find(&world.ctx, read_once).await.unwrap(), None);
}

#[tokio::test]
async fn a_new_password_keeps_the_feed_and_an_actor_from_before_makes_none() {
    let world = World::new().await;
    let ben = world.participant("Ben").await;
    let key = feed_of(&world.ctx, &ben).await;
    let change = PasswordChangeInput {
        current_password: PASSWORD.to_owned().into(),
        new_password: "battery staple".to_owned().into(),
        ..Default::default()
    };
    let from = ClientAddress::UNKNOWN;
    change_password(&world.ctx, &ben, change.check().unwrap(), from).await.unwrap();
    assert_eq!(status_of(&world.ctx, &key).await, Ok(()));
    let late = renew(&world.ctx, &ben, &FeedKey::random()).await.map(drop).map_err(code);
    assert_eq!(late, Err(ErrorCode::TokenRevoked));
    assert_eq!(status_of(&world.ctx, &key).await, Ok(()), "it is still that of before");
}

#[tokio::test]
async fn a_restored_database_has_no_feeds() {
    let world = World::new().await;
    let ben = world.participant("Ben").await;
    let key = feed_of(&world.ctx, &ben).await;
    backup::invalidate(&world.ctx).await.unwrap();
    assert_eq!(status_of(&world.ctx, &key).await, Err(ErrorCode::CalendarFeedNotFound));
}

#[tokio::test]
async fn only_a_user_who_has_logged_in_manages_the_feed() {
    let world = World::new().await;
    let ben = world.participant("Ben").await;
    let key = feed_of(&world.ctx, &ben).await;
    let (_, token) = create_token(&world.ctx, &ben, "CI", "write", None).await.unwrap();
    let with_token = personal_tokens::recognize(&world.ctx, &token).await.unwrap();
    let visitor = Actor::anonymous();
    let refused = [(&with_token, ErrorCode::Forbidden), (&visitor, ErrorCode::Unauthorized)];
    for (actor, expected) in refused {
        let outcomes = [
            find(&world.ctx, actor).await.map(drop).map_err(code),
            renew(&world.ctx, actor, &FeedKey::random()).await.map(drop).map_err(code),
            remove(&world.ctx, actor).await.map_err(code),
        ];
        assert_eq!(outcomes, [Err(expected), Err(expected), Err(expected)]);
    }
    assert_eq!(status_of(&world.ctx, &key).await, Ok(()));
}

#[tokio::test]
async fn the_last_read_is_recorded_once_a_day() {
    let world = World::new().await;
    let ben = world.participant("Ben").await;
    let key = feed_of(&world.ctx, &ben).await;
    let last = async || -> Option<Timestamp> {
        read(&world.ctx, &key).await.unwrap();
        get(&world.ctx, &ben).await.unwrap().last_read_at
    };
    let first = world.ctx.now();
    assert_eq!(last().await, Some(first));
    world.clock.advance(TimeDelta::days(1) - TimeDelta::milliseconds(1));
    assert_eq!(last().await, Some(first));
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(last().await, Some(world.ctx.now()));
}

#[tokio::test]
async fn a_handover_shows_a_key_to_its_own_session_only() {
    let world = World::new().await;
    let ben = world.participant("Ben").await;
    let open = |id| RequestSession::new(world.ctx.clone(), id);
    let log_in = async || {
        let session = open(None);
        assert!(Handover::begin(&session).is_err(), "it has no id yet");
        session.log_in(&account(&ben), "").await.unwrap();
        let CookieChange::Set(id, _) = session.commit().await.unwrap() else { panic!("no cookie") };
        Some(id)
    };
    let (id, other) = (log_in().await, log_in().await);
    let (handover, key) = Handover::begin(&open(id)).unwrap();
    let feed = renew(&world.ctx, &ben, &key).await.unwrap();
    let shown = async |id| {
        let session = open(id);
        handover.clone().finish(&world.ctx, &ben, &session).await.unwrap()
    };
    assert_eq!(shown(id).await, Some((feed, key)));
    assert_eq!(shown(other).await, None);
    feed_of(&world.ctx, &ben).await;
    assert_eq!(shown(id).await, None);
}
