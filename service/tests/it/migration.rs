use std::time::Duration;

use service::testing::{EmptyDatabase, World};

use crate::support::{at_once, register};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_processes_migrate_an_empty_database_once() {
    let empty = EmptyDatabase::create().await;
    let mut processes = Vec::new();
    for _ in 0..3 {
        processes.push(empty.connect().await);
    }
    let mut connections = Vec::new();
    // Each twice.
    for db in processes.iter().chain(&processes) {
        connections.push(db.for_migration().await.unwrap());
    }
    let runs = connections.into_iter().map(|db| async move { migration::run(&db).await });
    for result in at_once(runs).await {
        result.unwrap();
    }
    migration::run(&processes[0].for_migration().await.unwrap()).await.unwrap();
}

#[tokio::test]
async fn the_schema_of_a_later_release_is_accepted_unless_it_has_dropped_something() {
    let world = World::new().await;
    let db = world.ctx.db().for_migration().await.unwrap();
    let apply = async |name: &str| {
        let insert = "INSERT INTO seaql_migrations (version, applied_at)";
        world.execute(&format!("{insert} VALUES ('{name}', 0)")).await.unwrap();
    };
    apply("m20991231_000001_notes").await;
    migration::run(&db).await.unwrap();
    apply("m20991231_000002_contract_users").await;
    let refused = migration::run(&db).await.unwrap_err().to_string();
    assert!(refused.contains("another version"), "{refused}");

    // A database of before the first release.
    let world = World::new().await;
    let db = world.ctx.db().for_migration().await.unwrap();
    let insert = "INSERT INTO seaql_migrations (version, applied_at)";
    world.execute(&format!("{insert} VALUES ('m20200101_000001_old', 0)")).await.unwrap();
    assert!(migration::run(&db).await.is_err());
}

/// What the schema refuses, whatever the application does.
async fn assert_refused(world: &World, sql: &str) {
    let refused = world.execute(sql).await;
    assert!(refused.is_err(), "the schema took it: {sql}");
}

#[tokio::test]
async fn the_schema_rejects_registrations_below_zero_or_above_the_capacity() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    world.competition(&ada).seats(3).create().await;
    assert_eq!(world.execute("UPDATE competitions SET registered = 3").await.unwrap(), 1);
    assert_refused(&world, "UPDATE competitions SET registered = 4").await;
    assert_refused(&world, "UPDATE competitions SET registered = -1").await;
    assert_refused(&world, "UPDATE competitions SET capacity = 2").await;
    assert_refused(&world, "UPDATE competitions SET registered = 0, capacity = 0").await;
}

#[tokio::test]
async fn the_schema_rejects_a_second_registration_of_a_participant() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [one, two] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, one, sprint).await.unwrap();
    register(&world.ctx, two, sprint).await.unwrap();
    let same = "UPDATE registrations SET user_id = (SELECT id FROM users WHERE name = 'Guest 1')";
    assert_refused(&world, same).await;
}

#[tokio::test]
async fn the_schema_rejects_duplicate_keys() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    for participant in world.participants(2).await {
        register(&world.ctx, &participant, sprint).await.unwrap();
    }
    assert_refused(&world, "UPDATE jobs SET dedup_key = 'k'").await;
    assert_eq!(
        world.execute("UPDATE jobs SET dedup_key = NULL").await.unwrap(),
        2,
        "no key, no limit"
    );
    world.run_pending_jobs().await;
    assert_refused(&world, "UPDATE mailbox SET dedup_key = 'k'").await;
    assert_refused(&world, "UPDATE users SET email_key = 'k'").await;
}

#[tokio::test]
async fn the_schema_rejects_unknown_enum_values() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    assert_refused(&world, "UPDATE users SET role = 'KING'").await;
    assert_refused(&world, "UPDATE registrations SET status = 'confirmed'").await;
    assert_refused(&world, "UPDATE jobs SET state = 'lost'").await;
}

#[tokio::test]
async fn deleting_a_competition_or_user_deletes_what_belongs_to_it() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sections = domain::Sections { rules: Some("One idea".into()), ..Default::default() };
    let sprint = world.competition(&ada).tagged(&["rust"]).with_sections(sections);
    let sprint = sprint.create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(world.execute("DELETE FROM users WHERE name = 'Ada'").await.unwrap(), 1);
    for table in ["competitions", "competition_tags", "competition_sections", "registrations"] {
        let left = world.execute(&format!("DELETE FROM {table}")).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
    assert_eq!(world.mails().await, 1, "Grace keeps her mail");
    world.execute("DELETE FROM users").await.unwrap();
    assert_eq!(world.mails().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_may_take_longer_than_the_statement_timeout() {
    let empty = EmptyDatabase::create().await;
    // Longer than each process lets a statement take.
    let (limit, time) = (Duration::from_millis(300), Duration::from_millis(1_200));
    empty.slow_down_migrations(time).await;
    let mut processes = Vec::new();
    for _ in 0..3 {
        processes.push(empty.connect_with_limit(limit).await);
    }
    let runs = processes.into_iter().map(|db| async move { migration::run(&db).await });
    for result in at_once(runs).await {
        result.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_process_sees_the_migration_at_serializable() {
    let empty = EmptyDatabase::create().await;
    empty.serialize_by_default().await;
    empty.slow_down_migrations(Duration::from_millis(500)).await;
    let mut processes = Vec::new();
    for _ in 0..3 {
        processes.push(empty.connect_with_limit(Duration::from_secs(5)).await);
    }
    let runs = processes.into_iter().map(|db| async move { migration::run(&db).await });
    for result in at_once(runs).await {
        result.unwrap();
    }
}

#[tokio::test]
async fn a_database_of_another_version_is_refused_with_what_to_do() {
    let world = World::new().await;
    let other = "INSERT INTO seaql_migrations (version, applied_at)
        VALUES ('m20261123_000001_users', 0)";
    assert_eq!(world.execute(other).await.unwrap(), 1);
    let db = world.ctx.db().for_migration().await.unwrap();
    let refused = migration::run(&db).await.unwrap_err().to_string();
    assert!(refused.contains("`m20261123_000001_users`"), "{refused}");
    assert!(refused.contains("delete the SQLite file, or set DATABASE_URL"), "{refused}");
    let undone = "DELETE FROM seaql_migrations WHERE version = 'm20261123_000001_users'";
    assert_eq!(world.execute(undone).await.unwrap(), 1);
    migration::run(&db).await.unwrap();
}
