use chrono::TimeDelta;
use domain::ErrorCode;
use service::{
    Actor, Context,
    accounts::find,
    refresh_tokens::{renew, revoke, start},
    testing::{World, account},
};

use crate::support::{at_once, code, count};

/// Longer than a used token gets its successor again.
const AFTER_THE_GRACE: TimeDelta = TimeDelta::milliseconds(10_001);

async fn begin(world: &World, actor: &Actor) -> String {
    start(&world.ctx, &account(actor)).await.unwrap()
}

async fn next(ctx: &Context, token: &str) -> Result<String, ErrorCode> {
    renew(ctx, token).await.map(|(_, token)| token).map_err(code)
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_once() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let first = begin(&world, &ada).await;
    let (account, second) = renew(&world.ctx, &first).await.unwrap();
    assert_eq!(Some(&account), find(&world.ctx, ada.user().unwrap().id).await.unwrap().as_ref());
    assert_ne!(first, second);
    assert!(next(&world.ctx, &second).await.is_ok());
}

#[tokio::test]
async fn a_token_reused_after_the_grace_revokes_its_family_only() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let (stolen, elsewhere) = (begin(&world, &ada).await, begin(&world, &ada).await);
    let second = next(&world.ctx, &stolen).await.unwrap();
    let third = next(&world.ctx, &second).await.unwrap();
    world.clock.advance(AFTER_THE_GRACE);
    for token in [&stolen, &second, &third] {
        assert_eq!(next(&world.ctx, token).await, Err(ErrorCode::Unauthorized));
    }
    assert!(next(&world.ctx, &elsewhere).await.is_ok());
}

/// Two requests of one client in parallel are no theft.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_exchanges_of_a_token_get_the_same_successor() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.participant("Ada").await;
    for _ in 0..5 {
        let token = begin(&world, &ada).await;
        let answers = at_once((0..8).map(|number| {
            let ctx = [&world.ctx, &other][number % 2].clone();
            let token = token.clone();
            async move { next(&ctx, &token).await }
        }))
        .await;
        assert!(answers[0].is_ok(), "{answers:?}");
        assert_eq!(count(&answers, &answers[0]), 8, "{answers:?}");
        let successor = answers.into_iter().find_map(Result::ok).unwrap();
        world.clock.advance(AFTER_THE_GRACE);
        assert!(next(&world.ctx, &successor).await.is_ok(), "the family is still valid");
        assert_eq!(next(&other, &token).await, Err(ErrorCode::Unauthorized));
    }
}

/// A copied token that comes while its owner renews must not leave the owner's next one, or the
/// thief's, alive.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revoking_a_family_revokes_a_concurrent_renewal() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.participant("Ada").await;
    for _ in 0..20 {
        let used = begin(&world, &ada).await;
        let current = next(&world.ctx, &used).await.unwrap();
        world.clock.advance(AFTER_THE_GRACE);
        let (renewed, reused) = tokio::join!(next(&world.ctx, &current), next(&other, &used));
        assert_eq!(reused, Err(ErrorCode::Unauthorized));
        if let Ok(token) = renewed {
            assert_eq!(next(&world.ctx, &token).await, Err(ErrorCode::Unauthorized));
        }
    }
}

#[tokio::test]
async fn a_token_expires_after_thirty_days() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let (in_time, late) = (begin(&world, &ada).await, begin(&world, &ada).await);
    world.clock.advance(TimeDelta::days(30) - TimeDelta::milliseconds(1));
    let renewed = next(&world.ctx, &in_time).await.unwrap();
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(next(&world.ctx, &late).await, Err(ErrorCode::Unauthorized));
    assert!(next(&world.ctx, &renewed).await.is_ok(), "it has thirty days of its own");
}

#[tokio::test]
async fn an_unissued_refresh_token_is_rejected() {
    let world = World::new().await;
    for token in ["", "nul \0", "0".repeat(64).as_str(), "ü"] {
        assert_eq!(next(&world.ctx, token).await, Err(ErrorCode::Unauthorized), "{token:?}");
        revoke(&world.ctx, token).await.unwrap();
    }
}

#[tokio::test]
async fn logging_out_with_an_old_token_revokes_its_family() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let first = begin(&world, &ada).await;
    let second = next(&world.ctx, &first).await.unwrap();
    revoke(&world.ctx, &first).await.unwrap();
    assert_eq!(next(&world.ctx, &second).await, Err(ErrorCode::Unauthorized));
}

#[tokio::test]
async fn the_database_has_hashes_of_tokens_only() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let token = begin(&world, &ada).await;
    let sql = format!("DELETE FROM refresh_tokens WHERE hash = '{token}'");
    assert_eq!(world.execute(&sql).await.unwrap(), 0);
    assert_eq!(world.execute("DELETE FROM refresh_tokens").await.unwrap(), 1);
}

#[tokio::test]
async fn a_token_of_an_earlier_password_is_rejected() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    // As if it had been written in the moment after the password was changed.
    world.execute("UPDATE users SET credentials_version = 2").await.unwrap();
    let token = begin(&world, &ada).await;
    assert_eq!(next(&world.ctx, &token).await, Err(ErrorCode::Unauthorized));
}
