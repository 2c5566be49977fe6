//! A database for one test.

use std::{fmt::Write, path::Path, time::Duration};

use migration::MigratorTrait;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, TransactionTrait};
use tempfile::TempDir;

use crate::{Db, infrastructure::ids::new_id};

/// Connections of one process to one test's database. Many tests share a PostgreSQL.
const MAX_CONNECTIONS: u32 = 10;
/// Names the advisory lock under which the template is made.
const TEMPLATE_LOCK: i64 = 0x0074_656d_706c;

#[derive(Debug)]
pub(super) struct TestDatabase {
    url: String,
    /// Deletes the SQLite file when the test ends. A PostgreSQL database ends with its temporary
    /// server.
    _folder: Option<TempDir>,
}

impl TestDatabase {
    /// A database with the schema. A SQLite file is created in `folder`.
    pub(super) async fn create(folder: &Path) -> Self {
        match std::env::var("TEST_DATABASE_URL") {
            Ok(server) => Self { url: clone_template(&server).await, _folder: None },
            Err(_) => {
                let database = Self::sqlite(folder);
                let db = Db::connect(&database.url, 1).await.expect("a new SQLite file");
                migration::run(&db.for_migration().await.expect("a connection"))
                    .await
                    .expect("the schema");
                database
            }
        }
    }

    /// The database at `url`, with the schema.
    pub(super) async fn at(url: &str) -> Self {
        let db = Db::connect(url, 1).await.expect("the database");
        migration::run(&db.for_migration().await.expect("a connection")).await.expect("the schema");
        Self { url: url.to_owned(), _folder: None }
    }

    /// A database without a schema.
    pub(super) async fn create_empty() -> Self {
        match std::env::var("TEST_DATABASE_URL") {
            Ok(server) => {
                let admin = admin(&server).await;
                let name = new_name();
                run(&admin, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
                Self { url: beside(&server, &name), _folder: None }
            }
            Err(_) => Self::sqlite(&std::env::temp_dir()),
        }
    }

    fn sqlite(folder: &Path) -> Self {
        let folder = tempfile::tempdir_in(folder).expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        Self { url, _folder: Some(folder) }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) async fn connect(&self) -> Db {
        self.connect_with(MAX_CONNECTIONS).await
    }

    pub(super) async fn connect_with_limit(&self, limit: Duration) -> DatabaseConnection {
        let mut url = self.url.clone();
        if url.starts_with("postgres") {
            let _ = write!(url, "?options[statement_timeout]={}", limit.as_millis());
        } else {
            url.push_str("?mode=rwc");
        }
        Database::connect(url).await.expect("a connection")
    }

    pub(super) async fn serialize_by_default(&self) {
        if self.url.starts_with("sqlite") {
            return;
        }
        let sql = "DO $$ BEGIN EXECUTE format( \
                   'ALTER DATABASE %I SET default_transaction_isolation = serializable', \
                   current_database()); END $$";
        let db = self.connect().await.for_migration().await.expect("a connection");
        run(&db, sql).await;
    }

    pub(super) async fn slow_down_migrations(&self, time: Duration) {
        if self.url.starts_with("sqlite") {
            return;
        }
        let sql = format!(
            "CREATE FUNCTION dawdle() RETURNS event_trigger LANGUAGE plpgsql AS $$
             BEGIN
               IF 'public.mailbox' IN (SELECT object_identity FROM pg_event_trigger_ddl_commands())
               THEN PERFORM pg_sleep({});
               END IF;
             END $$;
             CREATE EVENT TRIGGER dawdle ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
             EXECUTE FUNCTION dawdle();",
            time.as_secs_f64()
        );
        let db = self.connect().await.for_migration().await.expect("a connection");
        run(&db, &sql).await;
    }

    pub(super) async fn connect_with(&self, max_connections: u32) -> Db {
        Db::connect(&self.url, max_connections).await.expect("a connection")
    }
}

/// Clones the migrated template, which the first test creates. Returns the URL of the clone.
async fn clone_template(server: &str) -> String {
    let admin = admin(server).await;
    // A new migration makes a new template.
    let template = format!("template_{}", migration::Migrator::migrations().len());
    let lock = admin.begin().await.expect("a transaction");
    let take = format!("SELECT pg_advisory_xact_lock({TEMPLATE_LOCK})");
    lock.execute_unprepared(&take).await.expect("the lock");
    if !exists(&admin, &template).await {
        let half_made = format!("{template}_new");
        run(&admin, &format!("DROP DATABASE IF EXISTS {half_made}")).await;
        run(&admin, &format!("CREATE DATABASE {half_made}")).await;
        let db = Db::connect(&beside(server, &half_made), 1).await.expect("the template");
        migration::run(&db.for_migration().await.expect("a connection")).await.expect("the schema");
        db.close().await.expect("the template at rest");
        run(&admin, &format!("ALTER DATABASE {half_made} RENAME TO {template}")).await;
    }
    lock.commit().await.expect("the lock's end");

    let name = new_name();
    run(&admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    admin.close().await.expect("a closed connection");
    beside(server, &name)
}

async fn admin(server: &str) -> DatabaseConnection {
    Database::connect(server).await.expect("the PostgreSQL of TEST_DATABASE_URL")
}

fn new_name() -> String {
    format!("test_{}", new_id().simple())
}

async fn exists(admin: &DatabaseConnection, name: &str) -> bool {
    let sql = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    admin
        .query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql))
        .await
        .expect("the catalogue")
        .is_some()
}

async fn run(admin: &DatabaseConnection, sql: &str) {
    admin.execute_unprepared(sql).await.expect(sql);
}

/// The URL of another database on the same server.
fn beside(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').expect("a URL that names a database");
    format!("{base}/{name}")
}
