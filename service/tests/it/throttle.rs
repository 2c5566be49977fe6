use std::{net::IpAddr, time::Duration};

use chrono::TimeDelta;
use domain::{
    Email, ErrorCode, Login, Password, PasswordChange, PersonName, PublicError, Role, Signup,
};
use service::{
    ClientAddress, Context, LoginLimits, Result,
    accounts::{Account, change_password, delete, log_in, sign_up},
    cron,
    housekeeping::CleanUp,
    password_reset::{ResetKey, confirm, link},
    testing::{PASSWORD, World},
};

use tokio::task::JoinHandle;

use crate::support::{at_once, claim_one, code, count, run_job};

const ADA: &str = "ada@example.com";
const WRONG: &str = "not the password";
/// The owner's address, and another one.
const HOME: u8 = 1;
const ELSEWHERE: u8 = 2;

fn address(host: u8) -> ClientAddress {
    ClientAddress::from(IpAddr::from([192, 0, 2, host]))
}

async fn try_log_in(ctx: &Context, email: &str, password: &str, host: u8) -> Result<Account> {
    let login = Login { email: email.to_owned(), password: password.to_owned() };
    log_in(ctx, login, address(host)).await
}

async fn outcome(
    ctx: &Context,
    email: &str,
    password: &str,
    host: u8,
) -> Result<Account, PublicError> {
    try_log_in(ctx, email, password, host).await.map_err(PublicError::from)
}

async fn fail(ctx: &Context, email: &str, times: usize, host: u8) {
    for _ in 0..times {
        let error = outcome(ctx, email, WRONG, host).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidCredentials);
    }
}

#[tokio::test]
async fn an_account_is_refused_after_ten_failures_whether_it_exists_or_not() {
    let world = World::new().await;
    world.participant("Ada").await;
    let ctx = world.limiting().await;
    let mut refusals = Vec::new();
    for email in [ADA, "nobody@example.com"] {
        fail(&ctx, email, 10, HOME).await;
        // The right password makes no difference, nor does another spelling.
        for spelling in [email.to_owned(), format!(" {} ", email.to_uppercase())] {
            refusals.push(outcome(&ctx, &spelling, PASSWORD, HOME).await.unwrap_err());
        }
    }
    assert_eq!(refusals[0].code, ErrorCode::RateLimited);
    assert_eq!(refusals[0].message, "Too many attempts. Try again in 15 minutes.");
    assert_eq!(refusals[0].retry_after(), Some(900));
    assert!(refusals.iter().all(|refusal| refusal == &refusals[0]), "{refusals:?}");
}

#[tokio::test]
async fn refused_logins_do_not_extend_the_wait() {
    let world = World::new().await;
    world.participant("Ada").await;
    let ctx = world.limiting().await;
    fail(&ctx, ADA, 10, HOME).await;
    world.clock.advance(TimeDelta::minutes(14));
    for _ in 0..20 {
        let refused = outcome(&ctx, ADA, PASSWORD, HOME).await.unwrap_err();
        assert_eq!(refused.retry_after(), Some(60));
    }
    world.clock.advance(TimeDelta::minutes(1));
    outcome(&ctx, ADA, PASSWORD, HOME).await.unwrap();
}

#[tokio::test]
async fn a_login_resets_the_failures_of_the_account() {
    let world = World::new().await;
    world.participant("Ada").await;
    let ctx = world.limiting().await;
    for _ in 0..3 {
        fail(&ctx, ADA, 9, HOME).await;
        outcome(&ctx, ADA, PASSWORD, HOME).await.unwrap();
    }
}

#[tokio::test]
async fn failures_from_elsewhere_do_not_count_at_a_known_address() {
    let world = World::new().await;
    world.participant("Ada").await;
    let ctx = world.limiting().await;
    outcome(&ctx, ADA, PASSWORD, HOME).await.unwrap();
    fail(&ctx, ADA, 10, ELSEWHERE).await;
    assert!(outcome(&ctx, ADA, PASSWORD, ELSEWHERE).await.is_err());
    outcome(&ctx, ADA, PASSWORD, HOME).await.unwrap();
    // Which does not open the door elsewhere, and guessing at home is counted as well.
    assert!(outcome(&ctx, ADA, PASSWORD, ELSEWHERE).await.is_err());
    fail(&ctx, ADA, 10, HOME).await;
    assert!(outcome(&ctx, ADA, PASSWORD, HOME).await.is_err());
}

/// Delays after three failures from one address, longer than any test takes, of which two may wait.
const LONG_DELAYS: LoginLimits = LoginLimits {
    per_account: 10,
    per_address: 3,
    delay_step: Duration::from_secs(3_600),
    longest_delay: Duration::from_secs(3_600),
    max_delayed: 2,
};

/// Starts a login that is delayed, and returns once it waits.
async fn start_delayed(ctx: &Context, email: String) -> JoinHandle<()> {
    let spawned = ctx.clone();
    let login = tokio::spawn(async move {
        let _ = outcome(&spawned, &email, WRONG, ELSEWHERE).await;
    });
    // It is counted before it waits, and the next one finds it there.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!login.is_finished(), "it is delayed");
    login
}

#[tokio::test]
async fn an_address_with_many_failures_is_delayed_and_few_logins_may_wait() {
    let world = World::new().await;
    world.participant("Ada").await;
    let ctx = world.limiting_logins(LONG_DELAYS).await;
    for number in 0..3 {
        fail(&ctx, &format!("guess{number}@example.com"), 1, ELSEWHERE).await;
        // A successful login to another account does not reset the count of the address.
        if number == 1 {
            outcome(&ctx, ADA, PASSWORD, ELSEWHERE).await.unwrap();
        }
    }
    let first = start_delayed(&ctx, "guess4@example.com".to_owned()).await;
    let second = start_delayed(&ctx, "guess5@example.com".to_owned()).await;
    let refused = outcome(&ctx, "guess6@example.com", WRONG, ELSEWHERE).await.unwrap_err();
    assert_eq!((refused.code, refused.retry_after()), (ErrorCode::RateLimited, Some(3_600)));
    // An account that is known there does not wait, nor does anybody elsewhere.
    outcome(&ctx, ADA, PASSWORD, ELSEWHERE).await.unwrap();
    fail(&ctx, "guess7@example.com", 1, HOME).await;
    // A login that was given up makes room for another one.
    first.abort();
    let _ = first.await;
    let third = start_delayed(&ctx, "guess8@example.com".to_owned()).await;
    for login in [second, third] {
        login.abort();
    }
    world.clock.advance(TimeDelta::minutes(15));
    fail(&ctx, "guess9@example.com", 1, ELSEWHERE).await;
}

#[tokio::test]
async fn the_address_of_a_signup_is_known_for_the_account() {
    let world = World::new().await;
    let ctx = world.limiting_logins(LONG_DELAYS).await;
    let signup = Signup {
        name: PersonName::parse("Grace").unwrap(),
        email: Email::parse("grace@example.com").unwrap(),
        password: Password::parse(PASSWORD.to_owned()).unwrap(),
        role: Role::Participant,
    };
    sign_up(&ctx, signup, address(ELSEWHERE)).await.unwrap();
    for number in 0..3 {
        fail(&ctx, &format!("guess{number}@example.com"), 1, ELSEWHERE).await;
    }
    let _delayed = start_delayed(&ctx, "guess4@example.com".to_owned()).await;
    outcome(&ctx, "grace@example.com", PASSWORD, ELSEWHERE).await.unwrap();
}

#[tokio::test]
async fn a_room_full_of_mistyped_passwords_is_not_delayed() {
    let world = World::new().await;
    world.participant("Ada").await;
    let ctx = world.limiting().await;
    for number in 0..300 {
        fail(&ctx, &format!("guess{number}@example.com"), 2, HOME).await;
    }
    // With the longest delay, only eight of these would be let in.
    let late = (0..300).map(|number| {
        let ctx = ctx.clone();
        async move {
            try_log_in(&ctx, &format!("late{number}@example.com"), WRONG, HOME)
                .await
                .map(|_| ())
                .map_err(code)
        }
    });
    let results = at_once(late).await;
    assert_eq!(count(&results, &Err(ErrorCode::InvalidCredentials)), 300);
    outcome(&ctx, ADA, PASSWORD, HOME).await.unwrap();
}

#[tokio::test]
async fn wrong_passwords_in_a_session_count_as_failed_logins() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let ctx = world.limiting().await;
    let new = Password::parse("battery staple".to_owned()).unwrap();
    let change = async |current: &str| {
        let change = PasswordChange { current: current.to_owned(), new: new.clone() };
        change_password(&ctx, &ada, change, address(HOME)).await.map(|_| ()).map_err(code)
    };
    let delete = async |password: &str| {
        delete(&ctx, &ada, password.to_owned(), address(HOME)).await.map_err(code)
    };
    for _ in 0..5 {
        assert_eq!(change(WRONG).await, Err(ErrorCode::WrongPassword));
        assert_eq!(delete(WRONG).await, Err(ErrorCode::WrongPassword));
    }
    assert_eq!(change(PASSWORD).await, Err(ErrorCode::RateLimited));
    assert_eq!(delete(PASSWORD).await, Err(ErrorCode::RateLimited));
    let refused = outcome(&ctx, ADA, PASSWORD, HOME).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::RateLimited);

    world.clock.advance(TimeDelta::minutes(15));
    assert_eq!(change(PASSWORD).await, Ok(()));
    // Which clears the failures, as a login does.
    fail(&ctx, ADA, 9, HOME).await;
    outcome(&ctx, ADA, "battery staple", HOME).await.unwrap();
}

#[tokio::test]
async fn a_password_reset_ends_the_wait() {
    let world = World::new().await;
    world.participant("Ada").await;
    let ctx = world.limiting().await;
    outcome(&ctx, ADA, PASSWORD, HOME).await.unwrap();
    fail(&ctx, ADA, 10, HOME).await;
    fail(&ctx, ADA, 10, ELSEWHERE).await;
    let link = link(&ctx, &Email::parse(ADA).unwrap()).await.unwrap();
    let (_, token) = link.split_once("token=").unwrap();
    let new = Password::parse("battery staple".to_owned()).unwrap();
    confirm(&ctx, &ResetKey::of(token), new, address(HOME)).await.unwrap();
    for host in [HOME, ELSEWHERE] {
        outcome(&ctx, ADA, "battery staple", host).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_guesses_in_several_processes_are_counted_together() {
    let world = World::new().await;
    world.participant("Ada").await;
    let processes = [world.limiting().await, world.limiting().await];
    let results = at_once((0..40).map(|number| {
        let ctx = processes[number % 2].clone();
        async move { try_log_in(&ctx, ADA, WRONG, HOME).await.map(|_| ()).map_err(code) }
    }))
    .await;
    assert_eq!(count(&results, &Err(ErrorCode::InvalidCredentials)), 10);
    assert_eq!(count(&results, &Err(ErrorCode::RateLimited)), 30);
}

#[tokio::test]
async fn any_typed_address_is_counted_and_not_stored() {
    let world = World::new().await;
    let ctx = world.limiting().await;
    for email in ["", "nul\0@example.com", &*"long".repeat(10_000)] {
        fail(&ctx, email, 10, HOME).await;
        assert_eq!(
            outcome(&ctx, email, WRONG, HOME).await.unwrap_err().code,
            ErrorCode::RateLimited
        );
    }
    let kept = world.execute("DELETE FROM login_attempts WHERE length(key) > 80").await.unwrap();
    assert_eq!(kept, 0, "stored keys are short");
}

#[tokio::test]
async fn failures_and_known_addresses_expire() {
    let world = World::new().await;
    world.participant("Ada").await;
    let ctx = world.limiting().await;
    outcome(&ctx, ADA, PASSWORD, HOME).await.unwrap();
    fail(&ctx, ADA, 1, ELSEWHERE).await;
    for (days, kept) in [(1, 2), (29, 0)] {
        world.clock.advance(TimeDelta::days(days));
        cron::fire(&world.ctx, "clean_up", world.ctx.now(), CleanUp {}).await.unwrap();
        run_job(&world.ctx, &claim_one(&world.ctx).await).await.unwrap();
        let rows = world.execute("UPDATE login_attempts SET failures = failures").await.unwrap();
        assert_eq!(rows, kept, "after {days} more days");
    }
}
