//! The database.

use std::time::Duration;

use domain::Timestamp;
use sea_orm::{
    ConnectOptions, ConnectionTrait, DbBackend, QueryResult, Statement, prelude::DateTimeUtc,
};
use tokio::time::timeout;

use super::{Finding, clocks};
use crate::{Clock, Db, Error, Result, SystemClock, backup::Facts, error_chain, sqlite_file};

/// How long the database may take to answer everything.
const LIMIT: Duration = Duration::from_secs(20);
/// The oldest PostgreSQL, as `server_version_num`.
const OLDEST: i32 = 150_000;

/// What was found, and the migrations that were applied.
#[derive(Clone, Debug, Default)]
pub struct Database {
    /// The findings.
    pub findings: Vec<Finding>,
    /// The migrations; `None` for a database that is not reached, or that has none.
    pub migrations: Option<Vec<String>>,
    /// Whether something failed before everything was looked at.
    pub failed: bool,
}

/// Looks at the database of `url`, which up to `connections` connections of each process use.
pub async fn database(url: &str, connections: u32) -> Database {
    let mut database = Database::default();
    let look = async {
        if url.starts_with("sqlite:") {
            sqlite(url, &mut database).await
        } else {
            postgres(url, connections, &mut database).await
        }
    };
    let outcome = timeout(LIMIT, look).await.unwrap_or(Err(Error::TimedOut));
    if let Err(error) = outcome {
        database.failed = true;
        let advice =
            "Check DATABASE_URL, and that the database runs and accepts this user from here.";
        database.findings.push(Finding::error("database.reachable", error_chain(&error), advice));
    }
    database
}

async fn sqlite(url: &str, database: &mut Database) -> Result<()> {
    if sqlite_file(url).is_some_and(|file| !file.exists()) {
        database.findings.push(Finding::warning(
            "database.reachable",
            "the SQLite file does not exist",
            "The first start of a server creates it; if there was one, check DATABASE_URL.",
        ));
        return Ok(());
    }
    let facts = Facts::read(url).await?;
    let found = format!("SQLite {}", facts.version);
    database.findings.push(Finding::ok("database.reachable", found));
    database.migrations = facts.migrations;
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| options.create_if_missing(false).read_only(true));
    let db = sea_orm::Database::connect(options).await?;
    let mode: String = row(&db, "PRAGMA journal_mode").await?.try_get_by_index(0)?;
    database.findings.push(match &*mode {
        "wal" => Finding::ok("database.journal", "write-ahead log"),
        other => Finding::warning(
            "database.journal",
            format!("journal_mode is {other}"),
            "Start a server once: it sets journal_mode to wal, so that reads do not wait.",
        ),
    });
    let encoding: String = row(&db, "PRAGMA encoding").await?.try_get_by_index(0)?;
    database.findings.push(encoding_finding(&encoding, "UTF-8"));
    db.close().await?;
    Ok(())
}

fn encoding_finding(found: &str, expected: &str) -> Finding {
    if found == expected {
        Finding::ok("database.encoding", found)
    } else {
        Finding::error(
            "database.encoding",
            format!("the encoding is {found}"),
            format!("Create the database with the encoding {expected}, and restore a backup."),
        )
    }
}

async fn postgres(url: &str, connections: u32, database: &mut Database) -> Result<()> {
    let facts = Facts::read(url).await?;
    database.migrations = facts.migrations;
    database.findings.push(if facts.is_read_only {
        Finding::error(
            "database.writable",
            "the server accepts no writes: it is a standby, or default_transaction_read_only is on",
            "Let DATABASE_URL name the primary.",
        )
    } else {
        Finding::ok("database.writable", "the server accepts writes")
    });
    if facts.is_read_only {
        // No session of this program can be opened there.
        return Ok(());
    }
    // Verifies the settings of a session, its isolation level and the mode of a pooler.
    let db = Db::connect(url, 2).await?;
    let findings = &mut database.findings;
    let sql = "SELECT current_setting('server_version_num')::int AS number, \
               current_setting('server_version') AS version, \
               current_setting('server_encoding') AS encoding, \
               (SELECT datcollate FROM pg_database WHERE datname = current_database()) AS locale, \
               current_setting('fsync') AS fsync, \
               current_setting('full_page_writes') AS pages, \
               current_setting('synchronous_commit') AS synchronous, \
               current_setting('max_connections')::int AS connections, \
               has_schema_privilege(current_schema(), 'CREATE') AS may_create";
    let facts = row(db.connection(), sql).await?;
    let (number, version): (i32, String) =
        (facts.try_get("", "number")?, facts.try_get("", "version")?);
    findings.push(if number >= OLDEST {
        Finding::ok("database.reachable", format!("PostgreSQL {version}"))
    } else {
        Finding::error(
            "database.reachable",
            format!("PostgreSQL {version}"),
            "Upgrade PostgreSQL to version 15 or newer.",
        )
    });
    let encoding: String = facts.try_get("", "encoding")?;
    findings.push(encoding_finding(&encoding, "UTF8"));
    let locale: Option<String> = facts.try_get("", "locale")?;
    let locale = locale.unwrap_or_default();
    findings.push(Finding::ok("database.collation", format!("{locale}; any will do")));
    findings.push(Finding::ok("database.extensions", "none are needed"));
    findings.extend(durability(&facts)?);
    let max: i32 = facts.try_get("", "connections")?;
    findings.push(if i64::from(max) > i64::from(connections) {
        let found = format!("the server allows {max}, a process opens {connections} at most");
        Finding::ok("database.connections", found)
    } else {
        Finding::error(
            "database.connections",
            format!("the server allows {max} connections, and one process opens {connections}"),
            "Lower DATABASE_CONNECTIONS, or raise max_connections of PostgreSQL: the processes \
             of all machines together must fit.",
        )
    });
    findings.push(privileges(&db, facts.try_get("", "may_create")?).await?);
    findings.push(isolation(&db).await?);
    let before = SystemClock.now();
    let time = row(db.connection(), "SELECT clock_timestamp() AS now").await?;
    let time: DateTimeUtc = time.try_get("", "now")?;
    findings.push(clocks::compare("clock.database", before, Timestamp::from(time)));
    db.close().await?;
    Ok(())
}

fn durability(facts: &QueryResult) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (check, column, name) in [
        ("database.fsync", "fsync", "fsync"),
        ("database.full_page_writes", "pages", "full_page_writes"),
    ] {
        let value: String = facts.try_get("", column)?;
        findings.push(if value == "on" {
            Finding::ok(check, "on")
        } else {
            Finding::warning(
                check,
                format!("{name} is {value}"),
                format!("Set {name} to on: a power cut may destroy the database otherwise."),
            )
        });
    }
    let value: String = facts.try_get("", "synchronous")?;
    findings.push(if value == "off" {
        Finding::warning(
            "database.synchronous_commit",
            "synchronous_commit is off",
            "Set synchronous_commit to on: a crash of the server forgets registrations that \
             were confirmed otherwise.",
        )
    } else {
        Finding::ok("database.synchronous_commit", value)
    });
    Ok(findings)
}

async fn privileges(db: &Db, may_create: bool) -> Result<Finding> {
    let sql = "SELECT count(*) AS found FROM pg_tables \
               WHERE schemaname = current_schema() AND NOT ( \
               has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT') \
               AND has_table_privilege(format('%I.%I', schemaname, tablename), 'INSERT') \
               AND has_table_privilege(format('%I.%I', schemaname, tablename), 'UPDATE') \
               AND has_table_privilege(format('%I.%I', schemaname, tablename), 'DELETE'))";
    let closed: i64 = row(db.connection(), sql).await?.try_get("", "found")?;
    let check = "database.privileges";
    Ok(match (closed, may_create) {
        (0, true) => Finding::ok(check, "reads and writes all tables, and may create some"),
        (0, false) => Finding::warning(
            check,
            "the user may not create tables",
            "Let another user run `mini-compete migrate` at every upgrade, or grant CREATE on \
             the schema.",
        ),
        (closed, _) => Finding::error(
            check,
            format!("the user may not read and write {closed} of the tables"),
            "Grant SELECT, INSERT, UPDATE and DELETE on all tables of the schema.",
        ),
    })
}

/// The level that a transaction really has, whatever the defaults of role, database and pooler.
async fn isolation(db: &Db) -> Result<Finding> {
    let tx = db.begin_serializable().await?;
    let sql = "SELECT current_setting('transaction_isolation') AS level";
    let level: String = row(&*tx, sql).await?.try_get("", "level")?;
    Ok(if level == "serializable" {
        Finding::ok("database.isolation", "a transaction that is to be serializable is")
    } else {
        Finding::error(
            "database.isolation",
            format!("a transaction that is to be serializable is {level}"),
            "Look for a pooler or proxy that changes statements, and connect without it.",
        )
    })
}

async fn row(db: &impl ConnectionTrait, sql: &str) -> Result<QueryResult> {
    let backend: DbBackend = db.get_database_backend();
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await?;
    row.ok_or_else(|| Error::Corrupt("a query without a row".to_owned()))
}
