//! `mini-compete backup` and `mini-compete restore`.

use std::process::Output;

use domain::{Email, PersonalTokenInput};
use service::{
    accounts::recognize,
    backup::Facts,
    personal_tokens::{self, TokenSecret},
    refresh_tokens, registration,
    testing::{EmptyDatabase, World, account},
};

use crate::command::{output_text, run};

/// Runs the command on a database. It finds `pg_dump` by the PATH of the tests.
fn on(url: &str, redis: &[(&'static str, String)], arguments: &[&str]) -> Output {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut variables = vec![("DATABASE_URL", url), ("PATH", &*path)];
    variables.extend(redis.iter().map(|(name, value)| (*name, &**value)));
    run(arguments, &variables, "")
}

fn succeeds(output: &Output) -> String {
    let said = output_text(output);
    assert!(output.status.success(), "{said}");
    said
}

fn fails(output: &Output) -> String {
    assert!(!output.status.success());
    output_text(output)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_was_made_while_registrations_went_on_is_restored_consistent() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(400).create().await;
    let guests = world.participants_in_bulk(300).await;
    let ctx = world.ctx.clone();
    let registering = tokio::spawn(async move {
        for guest in guests {
            registration::register(&ctx, &guest, sprint, None).await.unwrap().outcome.unwrap();
        }
    });
    while world.tally(sprint).await.registered < 10 {
        tokio::task::yield_now().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("club.backup").display().to_string();
    let said = succeeds(&on(world.database_url(), &[], &["backup", &file]));
    assert!(said.contains("bytes and a checksum"), "{said}");
    registering.await.unwrap();

    let empty = EmptyDatabase::create().await;
    let said = succeeds(&on(empty.url(), &[], &["restore", &file]));
    assert!(said.contains("All users must log in again"), "{said}");
    let restored = World::at(empty.url()).await;
    let tally = restored.tally(sprint).await;
    assert!((10..=300).contains(&tally.registered), "{tally:?}");
    assert_eq!(tally.registered, tally.seats_taken);
    let queue = restored.queue().await;
    assert_eq!(queue.waiting, tally.seats_taken, "each registration has its job");
}

#[tokio::test]
async fn a_restore_ends_sessions_and_tokens_and_empties_redis() {
    let world = World::new().await;
    let organizer = world.organizer("Emmy").await;
    let sprint = world.competition(&organizer).create().await;
    let ada = world.participant("Ada").await;
    let before = account(&ada);
    let key = Some("k".parse().unwrap());
    registration::register(&world.ctx, &ada, sprint, key).await.unwrap().outcome.unwrap();
    refresh_tokens::start(&world.ctx, &before).await.unwrap();
    let input = PersonalTokenInput {
        name: "laptop".to_owned().into(),
        scope: "read".to_owned().into(),
        ..Default::default()
    };
    let secret = TokenSecret::random();
    personal_tokens::create(&world.ctx, &ada, input, &secret).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("club.backup").display().to_string();
    succeeds(&on(world.database_url(), &[], &["backup", &file]));
    let exists = fails(&on(world.database_url(), &[], &["backup", &file]));
    assert!(exists.contains("choose another name"), "{exists}");
    let redis = world.redis_variables();
    let has_redis = world.ctx.redis().is_some();
    assert!(!has_redis || world.redis_keys().await > 0, "the response is in Redis");
    let empty = EmptyDatabase::create().await;
    succeeds(&on(empty.url(), &redis, &["restore", &file]));
    assert!(!has_redis || world.redis_keys().await == 0);
    let restored = World::at(empty.url()).await;
    let found = recognize(&restored.ctx, before.user.id, before.credentials).await.unwrap();
    assert!(found.is_none());
    for table in ["refresh_tokens", "personal_tokens"] {
        assert_eq!(restored.execute(&format!("DELETE FROM {table}")).await.unwrap(), 0, "{table}");
    }
    let email = Email::parse("ada@example.com").unwrap();
    assert!(service::accounts::details(&restored.ctx, &email).await.is_ok());
}

#[tokio::test]
async fn a_restore_refuses_a_database_that_is_in_use_or_not_empty() {
    let world = World::new().await;
    world.participant("Ada").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("club.backup").display().to_string();
    succeeds(&on(world.database_url(), &[], &["backup", &file]));
    world.participant("Grace").await;
    let said = fails(&on(world.database_url(), &[], &["restore", &file]));
    assert!(said.contains("--replace"), "{said}");
    let said = fails(&on(world.database_url(), &[], &["restore", &file, "--replace"]));
    assert!(said.contains("stop the servers"), "{said}");
    let names = "UPDATE users SET name = name";
    assert_eq!(world.execute(names).await.unwrap(), 2, "nothing was changed");
    world.ctx.db().close().await.unwrap();
    succeeds(&on(world.database_url(), &[], &["restore", &file, "--replace"]));
    let restored = World::at(world.database_url()).await;
    assert_eq!(restored.execute(names).await.unwrap(), 1);
}

#[tokio::test]
async fn a_restore_refuses_a_foreign_cut_or_newer_file_and_changes_nothing() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("club.backup");
    let file = name.display().to_string();
    succeeds(&on(world.database_url(), &[], &["backup", &file]));
    let whole = std::fs::read(&name).unwrap();
    let empty = EmptyDatabase::create().await;
    let restore = || fails(&on(empty.url(), &[], &["restore", &file]));
    std::fs::write(&name, &whole[..whole.len() - 1]).unwrap();
    assert!(restore().contains("cut or damaged"));
    std::fs::write(&name, "PK").unwrap();
    assert!(restore().contains("no backup"));
    std::fs::remove_file(&name).unwrap();
    // A database of a newer version.
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m2099_dogs', 0)";
    world.execute(newer).await.unwrap();
    succeeds(&on(world.database_url(), &[], &["backup", &file]));
    let said = restore();
    assert!(said.contains("m2099_dogs"), "{said}");
    if let Ok(facts) = Facts::read(empty.url()).await {
        assert_eq!(facts.tables, 0);
    }
    let other = if world.database_url().starts_with("sqlite") {
        "postgres://nobody@127.0.0.1:1/none"
    } else {
        "sqlite://other.db"
    };
    world.execute("DELETE FROM seaql_migrations WHERE version = 'm2099_dogs'").await.unwrap();
    std::fs::remove_file(&name).unwrap();
    let written = on(world.database_url(), &[], &["backup", &file, "--json"]);
    let written: serde_json::Value = serde_json::from_slice(&written.stdout).unwrap();
    assert_eq!(written["bytes"], std::fs::metadata(&name).unwrap().len());
    assert_eq!((&written["file"], written["createdAt"].is_string()), (&(*file).into(), true));
    let said = fails(&on(other, &[], &["restore", &file]));
    assert!(said.contains("DATABASE_URL names a"), "{said}");
}
