//! What backing up and restoring a database needs to know and to change.

use std::{path::Path, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, EntityTrait,
    ExprTrait, Statement, sea_query::Expr,
};

use crate::{
    Context, Error, Result,
    entity::{calendar_feed, password_reset, personal_token, refresh_token, session, user},
    infrastructure::db::retry,
};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long SQLite waits for another process that is about to close the database.
const BUSY: Duration = Duration::from_millis(200);
/// Added to the version of all credentials: more than the passwords that a user may have set since
/// the backup.
const LATER_CREDENTIALS: i32 = 1_000;

/// A database, as a backup sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The version of SQLite, or `server_version_num` of PostgreSQL.
    pub version: String,
    /// The migrations that were applied, the oldest first; `None` without the table that lists
    /// them.
    pub migrations: Option<Vec<String>>,
    /// How many tables there are.
    pub tables: u64,
    /// How many other clients are connected, as far as the database tells.
    pub other_clients: u64,
    /// Whether the server refuses writes, as a standby does.
    pub is_read_only: bool,
}

impl Facts {
    /// Reads them over a connection of its own. Creates no SQLite file.
    ///
    /// # Errors
    /// When the database does not answer, or the file does not exist.
    pub async fn read(url: &str) -> Result<Self> {
        let db = connect(url).await?;
        let is_sqlite = db.get_database_backend() == DbBackend::Sqlite;
        let tables = if is_sqlite {
            "SELECT count(*) AS found FROM sqlite_master WHERE type = 'table' \
             AND name NOT LIKE 'sqlite_%'"
        } else {
            "SELECT count(*) AS found FROM pg_tables WHERE schemaname = current_schema()"
        };
        let migrated = if is_sqlite {
            "SELECT count(*) AS found FROM sqlite_master WHERE name = 'seaql_migrations'"
        } else {
            "SELECT count(*) AS found FROM pg_tables WHERE schemaname = current_schema() \
             AND tablename = 'seaql_migrations'"
        };
        let version = if is_sqlite {
            "SELECT sqlite_version() AS version"
        } else {
            "SELECT current_setting('server_version_num') AS version"
        };
        let version = query(&db, version).await?.try_get("", "version")?;
        let has_migrations = count(&db, migrated).await? > 0;
        let migrations = if has_migrations { Some(migrations(&db).await?) } else { None };
        let other_clients = if is_sqlite {
            0
        } else {
            let others = "SELECT count(*) AS found FROM pg_stat_activity \
                          WHERE datname = current_database() AND pid <> pg_backend_pid() \
                          AND backend_type = 'client backend'";
            count(&db, others).await?
        };
        let is_read_only = if is_sqlite {
            false
        } else {
            let sql = "SELECT current_setting('transaction_read_only') = 'on' AS found";
            query(&db, sql).await?.try_get("", "found")?
        };
        let tables = count(&db, tables).await?;
        let facts = Self { version, migrations, tables, other_clients, is_read_only };
        db.close().await?;
        Ok(facts)
    }
}

/// A connection without the settings and checks of [`Db`](crate::Db).
async fn connect(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .acquire_timeout(CONNECT)
        .connect_timeout(CONNECT)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| options.create_if_missing(false));
    Ok(Database::connect(options).await?)
}

async fn query(db: &DatabaseConnection, sql: &str) -> Result<sea_orm::QueryResult> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    row.ok_or_else(|| Error::Corrupt("a query without a row".to_owned()))
}

async fn count(db: &DatabaseConnection, sql: &str) -> Result<u64> {
    let found: i64 = query(db, sql).await?.try_get("", "found")?;
    Ok(u64::try_from(found).unwrap_or_default())
}

async fn migrations(db: &DatabaseConnection) -> Result<Vec<String>> {
    let sql = "SELECT version FROM seaql_migrations ORDER BY version";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok(row.try_get("", "version")?)).collect()
}

/// Writes a copy of a SQLite database to a new file. Other processes may write meanwhile: the copy
/// is the database at one moment.
///
/// # Errors
/// When the database or the file fails.
pub async fn copy_sqlite(url: &str, file: &Path) -> Result<()> {
    let db = connect(url).await?;
    let path = file.to_string_lossy().replace('\'', "''");
    db.execute_unprepared(&format!("VACUUM INTO '{path}'")).await?;
    db.close().await?;
    Ok(())
}

/// Checks that a SQLite file is a sound database.
///
/// # Errors
/// When it is not.
pub async fn check_sqlite(file: &Path) -> Result<()> {
    let db = connect(&format!("sqlite://{}", file.display())).await?;
    let verdict: String = query(&db, "PRAGMA quick_check(1)").await?.try_get_by_index(0)?;
    db.close().await?;
    if verdict == "ok" { Ok(()) } else { Err(Error::Corrupt(verdict)) }
}

/// Merges the write-ahead log of a SQLite database into its file, which no other process may have
/// open. Returns `false` if one has.
///
/// # Errors
/// When the database fails.
pub async fn release_sqlite(url: &str) -> Result<bool> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| options.create_if_missing(false).busy_timeout(BUSY));
    let db = Database::connect(options).await?;
    // SQLite leaves the mode for another only while it has the file to itself.
    let mode = match query(&db, "PRAGMA journal_mode = DELETE").await {
        Ok(row) => row.try_get_by_index::<String>(0)?,
        Err(error) if error.is_conflict() => return Ok(false),
        Err(error) => return Err(error),
    };
    db.close().await?;
    Ok(mode == "delete")
}

/// Drops all tables of the current schema of a PostgreSQL database.
///
/// # Errors
/// When the database fails.
pub async fn drop_tables(url: &str) -> Result<()> {
    let db = connect(url).await?;
    let sql = "DO $$ DECLARE found record; BEGIN \
               FOR found IN SELECT tablename FROM pg_tables \
               WHERE schemaname = current_schema() LOOP \
               EXECUTE format('DROP TABLE %I CASCADE', found.tablename); \
               END LOOP; END $$";
    db.execute_unprepared(sql).await?;
    db.close().await?;
    Ok(())
}

/// Ends what a restored database must not have in common with its later self: sessions, tokens,
/// personal access tokens, links and addresses of calendar feeds that were ended since the backup,
/// and what Redis remembers.
///
/// # Errors
/// When the database fails.
pub async fn invalidate(ctx: &Context) -> Result<()> {
    retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        let later = Expr::col(user::Column::CredentialsVersion).add(LATER_CREDENTIALS);
        user::Entity::update_many()
            .col_expr(user::Column::CredentialsVersion, later)
            .exec(&*tx)
            .await?;
        session::Entity::delete_many().exec(&*tx).await?;
        refresh_token::Entity::delete_many().exec(&*tx).await?;
        password_reset::Entity::delete_many().exec(&*tx).await?;
        personal_token::Entity::delete_many().exec(&*tx).await?;
        calendar_feed::Entity::delete_many().exec(&*tx).await?;
        tx.commit().await
    })
    .await?;
    if let Some(redis) = ctx.redis()
        && redis.delete_all_keys().await.is_none()
    {
        tracing::warn!(
            "Redis does not answer: delete the keys that begin with REDIS_PREFIX before the \
             servers start, or they replay responses of the database as it was"
        );
    }
    Ok(())
}

/// Whether a database is SQLite, by its URL.
pub fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}
