use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    Email, ErrorCode, Password, PasswordChangeInput, PersonalToken, PersonalTokenInput,
    ProfilePatch, Timestamp,
};
use service::{
    Actor, ClientAddress, Context,
    accounts::{change_password, delete, edit_profile},
    mail::mailbox,
    password_reset::{self, ResetKey},
    personal_tokens::{Handover, TokenSecret, create, get, list, recognize, revoke},
    testing::{CookieChange, PASSWORD, RequestSession, World, account},
};
use tokio::time::{sleep, timeout};

use crate::support::{at_once, code, count, subjects};

/// Creates a token. Returns it and its text.
pub(crate) async fn create_token(
    ctx: &Context,
    owner: &Actor,
    name: &str,
    scope: &str,
    days: Option<i64>,
) -> Result<(PersonalToken, String), ErrorCode> {
    let input = PersonalTokenInput {
        name: name.to_owned().into(),
        scope: scope.to_owned().into(),
        expires_in_days: days.map(Into::into).unwrap_or_default(),
        ..Default::default()
    };
    let secret = TokenSecret::random();
    let token = create(ctx, owner, input, &secret).await.map_err(code)?;
    Ok((token, secret.as_str().to_owned()))
}

/// The name of the user that a token stands for, or why it is rejected.
async fn who(ctx: &Context, token: &str) -> Result<String, ErrorCode> {
    let actor = recognize(ctx, token).await.unwrap();
    actor.user().map(|user| user.name.clone()).map_err(code)
}

/// When the token was last used, once that is after `earlier`.
async fn last_use_after(world: &World, owner: &Actor, earlier: Option<Timestamp>) -> Timestamp {
    let recorded = async {
        loop {
            let last = list(&world.ctx, owner).await.unwrap()[0].last_used_at;
            match last {
                Some(last) if Some(last) > earlier => return last,
                _ => sleep(Duration::from_millis(2)).await,
            }
        }
    };
    timeout(Duration::from_secs(10), recorded).await.expect("the use is recorded")
}

#[tokio::test]
async fn a_token_stands_for_its_owner_until_it_expires() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let (short, short_text) =
        create_token(&world.ctx, &ada, "short", "read", Some(1)).await.unwrap();
    let (long, long_text) = create_token(&world.ctx, &ada, "long", "write", None).await.unwrap();
    assert_eq!(long.expires_at, None);
    world.clock.advance(TimeDelta::days(1) - TimeDelta::milliseconds(1));
    assert_eq!(who(&world.ctx, &short_text).await, Ok("Ada".to_owned()));
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(short.expires_at, Some(world.ctx.now()));
    assert_eq!(who(&world.ctx, &short_text).await, Err(ErrorCode::TokenExpired));
    world.clock.advance(TimeDelta::days(4_000));
    assert_eq!(who(&world.ctx, &long_text).await, Ok("Ada".to_owned()));
}

#[tokio::test]
async fn unissued_and_malformed_tokens_are_rejected() {
    let world = World::new().await;
    let unissued = TokenSecret::random();
    assert_eq!(who(&world.ctx, unissued.as_str()).await, Err(ErrorCode::TokenRevoked));
    for text in ["", "mcpat_", "mcpat_nul\0", &unissued.as_str().replace("mcpat_", "mcpat_0")] {
        assert_eq!(who(&world.ctx, text).await, Err(ErrorCode::TokenInvalid), "{text:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_rejects_a_revoked_token_at_once() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.participant("Ada").await;
    let (token, text) = create_token(&world.ctx, &ada, "CI", "read", None).await.unwrap();
    assert_eq!(who(&other, &text).await, Ok("Ada".to_owned()));
    revoke(&world.ctx, &ada, token.id).await.unwrap();
    assert_eq!(who(&other, &text).await, Err(ErrorCode::TokenRevoked));
    let again = revoke(&other, &ada, token.id).await.map_err(code);
    assert_eq!(again, Err(ErrorCode::PersonalTokenNotFound));
}

#[tokio::test]
async fn users_see_and_revoke_only_their_own_tokens() {
    let world = World::new().await;
    let [ada, ben] = &world.participants(2).await[..] else { panic!("two participants") };
    let (first, text) = create_token(&world.ctx, ada, "first", "read", None).await.unwrap();
    world.clock.advance(TimeDelta::seconds(1));
    let (second, _) = create_token(&world.ctx, ada, "second", "write", Some(7)).await.unwrap();
    create_token(&world.ctx, ben, "first", "read", None).await.unwrap();
    assert_eq!(list(&world.ctx, ada).await.unwrap(), [second, first.clone()]);
    assert_eq!(list(&world.ctx, ben).await.unwrap().len(), 1);
    let not_found = Err(ErrorCode::PersonalTokenNotFound);
    assert_eq!(get(&world.ctx, ben, first.id).await.map(drop).map_err(code), not_found);
    assert_eq!(revoke(&world.ctx, ben, first.id).await.map_err(code), not_found);
    assert_eq!(get(&world.ctx, ada, first.id).await.unwrap(), first);
    assert!(who(&world.ctx, &text).await.is_ok(), "it is still valid");
}

#[tokio::test]
async fn a_token_cannot_manage_credentials_or_the_account() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let (token, text) = create_token(&world.ctx, &ada, "CI", "write", None).await.unwrap();
    let actor = recognize(&world.ctx, &text).await.unwrap();
    let ctx = &world.ctx;
    let from = ClientAddress::UNKNOWN;
    let change = PasswordChangeInput {
        current_password: PASSWORD.to_owned().into(),
        new_password: "battery staple".to_owned().into(),
        ..Default::default()
    };
    let refusals = [
        create_token(ctx, &actor, "another", "read", None).await.map(drop),
        list(ctx, &actor).await.map(drop).map_err(code),
        get(ctx, &actor, token.id).await.map(drop).map_err(code),
        revoke(ctx, &actor, token.id).await.map_err(code),
        change_password(ctx, &actor, change.check().unwrap(), from).await.map(drop).map_err(code),
        delete(ctx, &actor, PASSWORD.to_owned(), from).await.map_err(code),
    ];
    assert_eq!(count(&refusals, &Err(ErrorCode::Forbidden)), refusals.len(), "{refusals:?}");
    assert!(who(ctx, &text).await.is_ok(), "nothing was revoked");
}

#[tokio::test]
async fn a_read_token_changes_nothing_and_a_write_token_does() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let patch = || ProfilePatch { name: "Grace".to_owned().into(), ..Default::default() };
    for (scope, expected) in [("read", Err(ErrorCode::InsufficientScope)), ("write", Ok(()))] {
        let (_, text) = create_token(&world.ctx, &ada, scope, scope, None).await.unwrap();
        let actor = recognize(&world.ctx, &text).await.unwrap();
        let edited = edit_profile(&world.ctx, &actor, patch()).await.map(drop).map_err(code);
        assert_eq!(edited, expected, "{scope}");
        assert!(mailbox::unread_count(&world.ctx, &actor).await.is_ok(), "{scope}");
    }
}

#[tokio::test]
async fn a_new_password_revokes_all_tokens() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let (_, changed) = create_token(&world.ctx, &ada, "CI", "write", None).await.unwrap();
    let input = PasswordChangeInput {
        current_password: PASSWORD.to_owned().into(),
        new_password: "battery staple".to_owned().into(),
        ..Default::default()
    };
    let from = ClientAddress::UNKNOWN;
    let now = change_password(&world.ctx, &ada, input.check().unwrap(), from).await.unwrap();
    assert_eq!(who(&world.ctx, &changed).await, Err(ErrorCode::TokenRevoked));
    // An actor that was recognized before the change creates no token.
    let late = create_token(&world.ctx, &ada, "late", "read", None).await;
    assert_eq!(late.map(drop), Err(ErrorCode::TokenRevoked));

    let ada = Actor::from(now);
    let (_, reset) = create_token(&world.ctx, &ada, "CI", "write", None).await.unwrap();
    let link =
        password_reset::link(&world.ctx, &Email::parse("ada@example.com").unwrap()).await.unwrap();
    let key = ResetKey::of(link.split("token=").nth(1).unwrap());
    let password = Password::parse("tortoise battery".to_owned()).unwrap();
    password_reset::confirm(&world.ctx, &key, password, from).await.unwrap();
    assert_eq!(who(&world.ctx, &reset).await, Err(ErrorCode::TokenRevoked));
}

#[tokio::test]
async fn a_deleted_account_leaves_no_token() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let (_, text) = create_token(&world.ctx, &ada, "CI", "read", None).await.unwrap();
    delete(&world.ctx, &ada, PASSWORD.to_owned(), ClientAddress::UNKNOWN).await.unwrap();
    assert_eq!(who(&world.ctx, &text).await, Err(ErrorCode::TokenRevoked));
    assert_eq!(world.execute("DELETE FROM personal_tokens").await.unwrap(), 0);
}

#[tokio::test]
async fn names_are_unique_for_each_user() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let (token, _) = create_token(&world.ctx, &ada, "CI", "read", None).await.unwrap();
    let taken = create_token(&world.ctx, &ada, " CI ", "write", None).await.map(drop);
    assert_eq!(taken, Err(ErrorCode::TokenNameTaken));
    revoke(&world.ctx, &ada, token.id).await.unwrap();
    assert!(create_token(&world.ctx, &ada, "CI", "read", None).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_requests_do_not_exceed_twenty_tokens() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.participant("Ada").await;
    for number in 0..16 {
        create_token(&world.ctx, &ada, &format!("old {number}"), "read", None).await.unwrap();
    }
    let created = at_once((0..8).map(|number| {
        let ctx = [&world.ctx, &other][number % 2].clone();
        let ada = ada.clone();
        async move {
            let name = format!("new {number}");
            create_token(&ctx, &ada, &name, "read", None).await.map(drop)
        }
    }))
    .await;
    assert_eq!(count(&created, &Ok(())), 4, "{created:?}");
    assert_eq!(count(&created, &Err(ErrorCode::TooManyTokens)), 4, "{created:?}");
    assert_eq!(list(&world.ctx, &ada).await.unwrap().len(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_use_is_recorded_to_the_minute() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let (token, text) = create_token(&world.ctx, &ada, "CI", "read", None).await.unwrap();
    assert_eq!(token.last_used_at, None);
    who(&world.ctx, &text).await.unwrap();
    let first = last_use_after(&world, &ada, None).await;
    assert_eq!(first, world.ctx.now());
    world.clock.advance(TimeDelta::minutes(1) - TimeDelta::milliseconds(1));
    for _ in 0..20 {
        who(&world.ctx, &text).await.unwrap();
    }
    sleep(Duration::from_millis(50)).await;
    assert_eq!(list(&world.ctx, &ada).await.unwrap()[0].last_used_at, Some(first));
    world.clock.advance(TimeDelta::milliseconds(1));
    who(&world.ctx, &text).await.unwrap();
    assert_eq!(last_use_after(&world, &ada, Some(first)).await, world.ctx.now());
}

#[tokio::test]
async fn a_rejected_token_is_not_recorded_as_used() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let (_, text) = create_token(&world.ctx, &ada, "CI", "read", Some(1)).await.unwrap();
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(who(&world.ctx, &text).await, Err(ErrorCode::TokenExpired));
    sleep(Duration::from_millis(50)).await;
    assert_eq!(list(&world.ctx, &ada).await.unwrap()[0].last_used_at, None);
}

#[tokio::test]
async fn the_owner_is_notified_of_a_new_token_without_its_text() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let (_, text) =
        create_token(&world.ctx, &ada, "see https://evil.example", "write", None).await.unwrap();
    assert_eq!(subjects(&world, &ada).await, ["A personal access token was created"]);
    let mail = mailbox::list(&world.ctx, &ada, None).await.unwrap().remove(0);
    assert!(mail.body.contains("\"see [link removed]\""), "{}", mail.body);
    assert!(!mail.body.contains(&text), "{}", mail.body);
}

#[tokio::test]
async fn a_handover_shows_a_token_to_its_own_session_only() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let open = |id| RequestSession::new(world.ctx.clone(), id);
    let log_in = async || {
        let session = open(None);
        assert!(Handover::begin(&session).is_err(), "it has no id yet");
        session.log_in(&account(&ada), "").await.unwrap();
        let CookieChange::Set(id, _) = session.commit().await.unwrap() else { panic!("no cookie") };
        Some(id)
    };
    let (id, other) = (log_in().await, log_in().await);
    let (handover, secret) = Handover::begin(&open(id)).unwrap();
    let input = PersonalTokenInput {
        name: "CI".to_owned().into(),
        scope: "read".to_owned().into(),
        ..Default::default()
    };
    let token = create(&world.ctx, &ada, input, &secret).await.unwrap();
    let shown = async |id| {
        let session = open(id);
        handover.clone().finish(&world.ctx, &ada, &session).await.unwrap()
    };
    assert_eq!(shown(id).await, Some((token.clone(), secret)));
    assert_eq!(shown(other).await, None);
    revoke(&world.ctx, &ada, token.id).await.unwrap();
    assert_eq!(shown(id).await, None);
}
