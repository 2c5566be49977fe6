use std::{sync::Mutex, time::Duration};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use service::{
    competitions,
    testing::{EmptyDatabase, World},
};

use crate::support::{at_once, register, time};

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
    let [one, two] = &world.crowd(2).await[..] else { panic!("two guests") };
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
    for guest in world.crowd(2).await {
        register(&world.ctx, &guest, sprint).await.unwrap();
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
    let sprint = world.competition(&ada).tagged(&["rust"]).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(world.execute("DELETE FROM users WHERE name = 'Ada'").await.unwrap(), 1);
    for table in ["competitions", "competition_tags", "registrations"] {
        let left = world.execute(&format!("DELETE FROM {table}")).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
    assert_eq!(world.mails().await, 1, "Grace keeps her mail");
    world.execute("DELETE FROM users").await.unwrap();
    assert_eq!(world.mails().await, 0);
}

/// A database that notes how many rows each statement has changed.
struct Noting<'a, C> {
    db: &'a C,
    changed: Mutex<Vec<u64>>,
}

#[async_trait::async_trait]
impl<C: ConnectionTrait> ConnectionTrait for Noting<'_, C> {
    fn get_database_backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.db.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let result = self.db.execute_unprepared(sql).await?;
        self.changed.lock().unwrap().push(result.rows_affected());
        Ok(result)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.db.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.db.query_all_raw(statement).await
    }
}

#[tokio::test]
async fn a_backfill_runs_in_batches() {
    let world = World::new().await;
    let sql = "INSERT INTO login_attempts (key, failures, since) \
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 25000) \
         SELECT 'k' || n, 0, '2026-11-23 12:00:00+00:00' FROM numbers";
    world.execute(sql).await.unwrap();
    let db = Noting { db: world.ctx.db().connection(), changed: Mutex::default() };
    let table = ("login_attempts", "key");
    for filled in [25_000, 0] {
        let rows = migration::backfill(&db, table, "failures = 7", "failures = 0").await.unwrap();
        assert_eq!(rows, filled);
    }
    assert_eq!(db.changed.into_inner().unwrap(), [10_000, 10_000, 5_000, 0, 0]);
    let right = "DELETE FROM login_attempts WHERE failures = 7";
    assert_eq!(world.execute(right).await.unwrap(), 25_000);
}

#[tokio::test]
async fn the_text_that_mailboxes_are_searched_by_is_filled_in_batch_by_batch() {
    let empty = EmptyDatabase::create().await;
    empty.migrate_up_to("m20261125_000013_login_attempts").await;
    let db = empty.connect().await.for_migration().await.unwrap();
    let (new_id, now) = match db.get_database_backend() {
        DbBackend::Postgres => ("gen_random_uuid()", "'2026-11-23 12:00:00+00'"),
        _ => ("randomblob(16)", "'2026-11-23 12:00:00+00:00'"),
    };
    let user = format!(
        "INSERT INTO users (id, email, email_key, name, search_text, role, password_hash, created_at)
         VALUES ({new_id}, 'a@example.com', 'a@example.com', 'Ada', '', 'PARTICIPANT', '', {now})"
    );
    assert_eq!(empty.execute(&user).await, 1);
    let mails = format!(
        "INSERT INTO mailbox (id, user_id, recipient, subject, body, sent_at, dedup_key)
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 25000)
         SELECT {new_id}, users.id, email, 'Mail ' || n, 'To ADA', {now}, 'k' || n FROM numbers, users"
    );
    assert_eq!(empty.execute(&mails).await, 25_000);
    empty.refuse_large_updates_of_mailbox(10_000).await;

    migration::run(&db).await.unwrap();

    let right = "DELETE FROM mailbox WHERE search_text = LOWER(subject) || ' to ada'";
    assert_eq!(empty.execute(right).await, 25_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_may_take_longer_than_the_statement_timeout() {
    let empty = EmptyDatabase::create().await;
    // Longer than each process lets a statement take.
    let (limit, time) = (Duration::from_millis(300), Duration::from_millis(1_200));
    empty.migrate_up_to("m20261125_000013_login_attempts").await;
    empty.slow_down_mailbox(time).await;
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
    empty.migrate_up_to("m20261125_000013_login_attempts").await;
    empty.slow_down_mailbox(Duration::from_millis(500)).await;
    let mut processes = Vec::new();
    for _ in 0..3 {
        processes.push(empty.connect_with_limit(Duration::from_secs(5)).await);
    }
    let runs = processes.into_iter().map(|db| async move { migration::run(&db).await });
    for result in at_once(runs).await {
        result.unwrap();
    }
}

/// SQLite stored leap seconds as they were sent; PostgreSQL cannot hold any.
#[tokio::test]
async fn stored_leap_seconds_become_the_next_second() {
    let world = World::new().await;
    if !world.database_url().starts_with("sqlite") {
        return;
    }
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    let as_before = "UPDATE competitions SET reg_deadline = '2026-12-31T23:59:60+00:00',
        start_date = '2027-01-01T00:00:60.250+00:00', reg_opens_at = '2026-11-23T12:00:30+00:00'";
    world.execute(as_before).await.unwrap();
    let shown = async || competitions::get(&world.ctx, sprint).await.unwrap().competition;
    let expected = (time("2027-01-01T00:00:00Z"), Some(time("2027-01-01T00:01:00.250Z")));
    let before = shown().await;
    assert_eq!((before.reg_deadline, before.start_date), expected, "every client can read it");

    world.execute("DELETE FROM seaql_migrations WHERE version LIKE '%leap_seconds'").await.unwrap();
    migration::run(&world.ctx.db().for_migration().await.unwrap()).await.unwrap();
    let after = shown().await;
    assert_eq!((after.reg_deadline, after.start_date), expected);
    assert_eq!(after.reg_opens_at, Some(time("2026-11-23T12:00:30Z")));
    let left =
        "UPDATE competitions SET capacity = capacity WHERE reg_deadline || start_date LIKE '%:60%'";
    assert_eq!(world.execute(left).await.unwrap(), 0);
}
