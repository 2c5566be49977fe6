use std::{future::poll_fn, pin::pin, task::Poll};

use chrono::TimeDelta;
use domain::{
    Email, ErrorCode, Login, Password, PasswordChange, PersonName, PublicError, Role, Signup, User,
};
use service::{
    Actor, ClientAddress, Context, Result,
    accounts::{
        Account, CredentialsVersion, add_user, change_password, create_admin, find, log_in,
        promote, recognize,
    },
    cron,
    housekeeping::CleanUp,
    testing::{PASSWORD, World},
};

use crate::support::{at_once, code, count, mails, register};

fn signup(email: &str) -> Signup {
    Signup {
        name: PersonName::parse("Ada Lovelace").unwrap(),
        email: Email::parse(email).unwrap(),
        password: Password::parse(PASSWORD.to_owned()).unwrap(),
        role: Role::Organizer,
    }
}

pub(crate) async fn try_log_in(
    ctx: &Context,
    email: &str,
    password: &str,
) -> Result<User, PublicError> {
    let login = Login { email: email.to_owned(), password: password.to_owned() };
    log_in(ctx, login, ClientAddress::UNKNOWN)
        .await
        .map(|account| account.user)
        .map_err(PublicError::from)
}

/// Makes an account for an address that had one.
pub(crate) async fn sign_up_again(ctx: &Context, email: &str) -> Result<User> {
    add_user(ctx, signup(email)).await.map(|account| account.user)
}

#[tokio::test]
async fn a_new_account_can_log_in() {
    let world = World::new().await;
    let account = add_user(&world.ctx, signup("Ada@Example.com")).await.unwrap();
    let ada = account.user.clone();
    assert_eq!((&*ada.email, ada.role), ("Ada@Example.com", Role::Organizer));
    assert_eq!(try_log_in(&world.ctx, "Ada@Example.com", PASSWORD).await, Ok(ada.clone()));
    assert_eq!(find(&world.ctx, ada.id).await.unwrap(), Some(account));
}

#[tokio::test]
async fn email_addresses_are_compared_without_case() {
    let world = World::new().await;
    let user = sign_up_again(&world.ctx, "Jörg@Example.com").await.unwrap();
    for spelling in ["jörg@example.com", "JÖRG@EXAMPLE.COM", " Jörg@example.com "] {
        assert_eq!(
            try_log_in(&world.ctx, spelling, PASSWORD).await,
            Ok(user.clone()),
            "{spelling}"
        );
    }
    let again = add_user(&world.ctx, signup("JÖRG@example.com")).await.unwrap_err();
    let again = PublicError::from(again);
    assert_eq!(again.code, ErrorCode::EmailTaken);
    assert_eq!(again.about("email"), Some("Email already registered"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_signups_with_one_address_create_one_account() {
    let world = World::new().await;
    let other = world.second_process().await;
    let results = at_once((0..20).map(|number| {
        let ctx = [&world.ctx, &other][number % 2].clone();
        let email = if number % 3 == 0 { "ada@example.com" } else { "ADA@example.com" };
        async move { add_user(&ctx, signup(email)).await.map(|_| ()).map_err(code) }
    }))
    .await;
    assert_eq!(count(&results, &Ok(())), 1);
    assert_eq!(count(&results, &Err(ErrorCode::EmailTaken)), 19);
}

/// Drops a future after a number of its steps.
async fn hang_up_after(mut steps: i64, future: impl Future) {
    let mut future = pin!(future);
    let hanging_up = poll_fn(|cx| {
        steps -= 1;
        if steps < 0 { Poll::Ready(()) } else { future.as_mut().poll(cx).map(|_| ()) }
    });
    hanging_up.await;
}

/// A session that a caller left inside a transaction would swallow what the next one writes.
#[tokio::test]
async fn accounts_created_after_dropped_signups_are_visible_to_all_connections() {
    let world = World::new().await;
    let ctx = world.narrow_process().await;
    // From before the first step to after the last.
    for steps in 0..25 {
        let tick = (ctx.now().utc() + TimeDelta::seconds(steps)).into();
        hang_up_after(steps, cron::fire(&ctx, "hang up", tick, CleanUp {})).await;
        let made = add_user(&ctx, signup(&format!("ada{steps}@example.com"))).await.unwrap();
        let seen = find(&world.ctx, made.user.id).await.unwrap();
        assert_eq!(seen, Some(made), "after {steps} steps");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_response() {
    let world = World::new().await;
    add_user(&world.ctx, signup("ada@example.com")).await.unwrap();
    let wrong_password = try_log_in(&world.ctx, "ada@example.com", "wrong horse").await;
    assert_eq!(wrong_password.as_ref().unwrap_err().code, ErrorCode::InvalidCredentials);
    for (email, password) in [
        ("grace@example.com", PASSWORD),
        ("no address", PASSWORD),
        ("nul\0@example.com", PASSWORD),
        ("", ""),
        ("ada@example.com", ""),
        ("ada@example.com", "nul \0 password"),
        ("ada@example.com", &*"x".repeat(1_000)),
    ] {
        assert_eq!(try_log_in(&world.ctx, email, password).await, wrong_password, "{email:?}");
    }
}

#[tokio::test]
async fn an_administrator_is_created_without_signing_up() {
    let world = World::new().await;
    let Signup { name, email, password, .. } = signup("root@example.com");
    let admin = create_admin(&world.ctx, name, email, password).await.unwrap().user;
    assert_eq!(admin.role, Role::Admin);
    assert_eq!(try_log_in(&world.ctx, "root@example.com", PASSWORD).await, Ok(admin));
}

#[tokio::test]
async fn an_unknown_account_is_not_found() {
    let world = World::new().await;
    let unknown = domain::UserId(uuid::Uuid::nil());
    assert_eq!(find(&world.ctx, unknown).await.unwrap(), None);
}

const NEW: &str = "battery staple";

/// Changes the password to [`NEW`]; `current` is sent as the current one.
async fn set_new(world: &World, actor: &Actor, current: &str) -> Result<Account> {
    let new = Password::parse(NEW.to_owned()).unwrap();
    let change = PasswordChange { current: current.to_owned(), new };
    change_password(&world.ctx, actor, change, ClientAddress::UNKNOWN).await
}

#[tokio::test]
async fn a_new_password_replaces_the_old_one_and_revokes_its_sessions_and_tokens() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let id = ada.user().unwrap().id;
    let changed = set_new(&world, &ada, PASSWORD).await.unwrap();
    assert!(try_log_in(&world.ctx, "ada@example.com", NEW).await.is_ok());
    assert!(try_log_in(&world.ctx, "ada@example.com", PASSWORD).await.is_err());
    let first = CredentialsVersion::FIRST;
    assert_eq!(recognize(&world.ctx, id, first).await.unwrap(), None);
    let now = recognize(&world.ctx, id, changed.credentials).await.unwrap();
    assert_eq!(now, Some(changed));
    let [notice] = &mails(&world, &ada).await[..] else { panic!("one message") };
    assert_eq!(notice.subject, "Your password was changed");
    assert!(notice.body.contains("https://site.example/auth/forgot"), "{}", notice.body);
}

#[tokio::test]
async fn changing_the_password_requires_the_current_one() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let refused = set_new(&world, &ada, "wrong horse").await;
    let refused = PublicError::from(refused.unwrap_err());
    assert_eq!(refused.code, ErrorCode::WrongPassword);
    assert!(refused.about("currentPassword").is_some());
    let visitor = Actor::anonymous();
    let refused = set_new(&world, &visitor, PASSWORD).await;
    assert_eq!(code(refused.unwrap_err()), ErrorCode::Unauthorized);
    assert!(try_log_in(&world.ctx, "ada@example.com", PASSWORD).await.is_ok());
    assert_eq!(world.mails().await, 0);
}

#[tokio::test]
async fn an_unused_account_can_be_promoted_to_administrator() {
    let world = World::new().await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    world.organizer("Idle").await;
    let promote = async |address: &str| {
        let promoted = promote(&world.ctx, &Email::parse(address).unwrap()).await;
        promoted.map(|account| account.user.role).map_err(code)
    };
    assert_eq!(promote("IDLE@example.com").await, Ok(Role::Admin));
    assert_eq!(promote("idle@example.com").await, Ok(Role::Admin));
    for busy in ["ada@example.com", "grace@example.com"] {
        assert_eq!(promote(busy).await, Err(ErrorCode::AccountInUse), "{busy}");
    }
    assert_eq!(promote("eve@example.com").await, Err(ErrorCode::AccountNotFound));
}

/// An address and a password with accents, composed (as most keyboards write) and decomposed.
const COMPOSED: (&str, &str) = ("J\u{F6}rg@example.com", "p\u{E4}ssw\u{F6}rter");
const DECOMPOSED: (&str, &str) = ("Jo\u{308}rg@example.com", "pa\u{308}sswo\u{308}rter");

#[tokio::test]
async fn an_account_is_found_by_any_normal_form_of_its_address() {
    let world = World::new().await;
    let password = Password::parse(DECOMPOSED.1.to_owned()).unwrap();
    let user =
        add_user(&world.ctx, Signup { password, ..signup(DECOMPOSED.0) }).await.unwrap().user;
    assert_eq!(user.email, COMPOSED.0, "the response has the stored form");
    assert_eq!(find(&world.ctx, user.id).await.unwrap().unwrap().user, user);
    for (email, password) in [COMPOSED, DECOMPOSED] {
        assert_eq!(try_log_in(&world.ctx, email, password).await, Ok(user.clone()));
    }
    for taken in [COMPOSED.0, "J\u{D6}RG@EXAMPLE.COM", " jo\u{308}rg@example.com\u{200B}"] {
        let refused = add_user(&world.ctx, signup(taken)).await.unwrap_err();
        assert_eq!(code(refused), ErrorCode::EmailTaken, "{taken:?}");
    }
}

/// Earlier releases stored addresses as they were typed.
#[tokio::test]
async fn an_account_under_a_decomposed_address_can_still_log_in() {
    let world = World::new().await;
    let user = sign_up_again(&world.ctx, COMPOSED.0).await.unwrap();
    let (typed, key) = (DECOMPOSED.0, DECOMPOSED.0.to_lowercase());
    let as_before = format!("UPDATE users SET email = '{typed}', email_key = '{key}'");
    assert_eq!(world.execute(&as_before).await.unwrap(), 1);
    let found = try_log_in(&world.ctx, DECOMPOSED.0, PASSWORD).await.unwrap();
    assert_eq!(found.id, user.id);
    // Each of these two accounts is found by its own spelling.
    let other = sign_up_again(&world.ctx, COMPOSED.0).await.unwrap();
    for (typed, id) in [(DECOMPOSED.0, user.id), (COMPOSED.0, other.id)] {
        assert_eq!(try_log_in(&world.ctx, typed, PASSWORD).await.unwrap().id, id, "{typed:?}");
    }
}
