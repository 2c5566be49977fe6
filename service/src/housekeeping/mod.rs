//! Deleting rows that are no longer needed: which ones [`Retention`] and the rules say, a batch at
//! a time, one table after the other.

mod period;
mod rules;

use std::{collections::VecDeque, time::Duration};

use sea_orm::{
    Condition, ConnectionTrait,
    sea_query::{Alias, DeleteStatement, Expr, ExprTrait, Func, Query},
};
use serde::{Deserialize, Serialize};
use tokio::time::{self, Instant};

pub use self::{
    period::Period,
    rules::{Retention, Rule},
};
use crate::{
    Context, Error, Result, accounts, assets, competitions,
    jobs::{BackgroundJob, Class, Execution},
};

/// Rows deleted by one transaction. Measured on PostgreSQL: 966,000 rows in 1.9 s, no batch longer
/// than 66 ms.
const BATCH: u64 = 10_000;
/// Between two batches other transactions get their turn.
const PAUSE: Duration = Duration::from_millis(10);
/// The time of a table until it is the next one's turn. A table with more rows gets another turn
/// after all others.
const TURN: Duration = Duration::from_secs(20);
/// No turn begins later than this after the job has begun. A turn and its last statement, which
/// PostgreSQL ends after 10 s, fit in between this and the time limit.
const LAST_TURN: Duration = Duration::from_secs(540);

/// What was deleted under one rule, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Purged {
    /// The table.
    pub table: &'static str,
    /// Which of its rows, in words.
    pub which: &'static str,
    /// How many rows.
    pub rows: u64,
    /// Whether no such row is left.
    pub finished: bool,
}

/// The rules of all tables, under the options of this installation.
pub fn rules(ctx: &Context) -> Vec<Rule> {
    rules::rules(ctx.now(), &ctx.retention)
}

/// Delete the rows of every table that are older than its rule says, a batch at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanUp {}

impl BackgroundJob for CleanUp {
    const NAME: &'static str = "clean_up";
    const CLASS: Class = Class::Background;
    const PRIORITY: i16 = 20;
    const TIME_LIMIT: Duration = Duration::from_secs(600);

    async fn run(ctx: &Context, _: &Execution<'_, Self>) -> Result<()> {
        let mut work = Purge::new(ctx, TURN);
        let last_turn = Instant::now() + LAST_TURN;
        while Instant::now() < last_turn && work.take_turn(ctx).await {}
        for purged in work.purged.iter().filter(|purged| purged.rows > 0 || !purged.finished) {
            let Purged { table, which, rows, finished } = purged;
            tracing::info!(table, which, rows, finished, "old rows deleted");
        }
        work.failure.map_or(Ok(()), Err)?;
        let indexed = accounts::index_missing(ctx).await?;
        if indexed > 0 {
            tracing::info!(accounts = indexed, "accounts indexed");
        }
        let indexed = competitions::index_missing(ctx).await?;
        if indexed > 0 {
            tracing::info!(competitions = indexed, "competitions indexed");
        }
        ctx.db.update_statistics().await?;
        let deleted = assets::delete_unused(ctx).await?;
        if deleted > 0 {
            tracing::info!(pictures = deleted, "unused pictures deleted");
        }
        Ok(())
    }
}

/// Deletes all rows that are no longer needed, however long it takes, and calls `report` after
/// every turn of a table.
///
/// # Errors
/// The failure of a table. Rows of the other tables are deleted all the same.
pub async fn purge(ctx: &Context, mut report: impl FnMut(&[Purged])) -> Result<Vec<Purged>> {
    let mut work = Purge::new(ctx, Duration::from_secs(1));
    while work.take_turn(ctx).await {
        report(&work.purged);
    }
    work.failure.map_or(Ok(work.purged), Err)
}

/// Counts the rows that [`purge`] would delete now.
///
/// # Errors
/// When the database fails.
pub async fn preview(ctx: &Context) -> Result<Vec<Purged>> {
    let mut found = Vec::new();
    for rule in rules(ctx) {
        let Some(expired) = rule.expired else { continue };
        let count = Query::select()
            .expr_as(Func::count(Expr::cust("*")), Alias::new("rows"))
            .from(rule.table)
            .cond_where(expired)
            .to_owned();
        let row = ctx.db.connection().query_one(&count).await?;
        let rows: i64 = row.map(|row| row.try_get("", "rows")).transpose()?.unwrap_or_default();
        found.push(Purged {
            table: rule.table,
            which: rule.rows,
            rows: u64::try_from(rows).unwrap_or_default(),
            finished: rows == 0,
        });
    }
    Ok(found)
}

/// A purge in progress.
struct Purge {
    /// The tables that may have more rows, by their place in `purged`.
    queue: VecDeque<(usize, DeleteStatement)>,
    purged: Vec<Purged>,
    turn: Duration,
    failure: Option<Error>,
}

impl Purge {
    fn new(ctx: &Context, turn: Duration) -> Self {
        let is_sqlite = ctx.db.is_sqlite();
        let expired = rules(ctx).into_iter().filter_map(|rule| {
            let statement = batch(rule.table, rule.expired?, is_sqlite);
            let (table, which) = (rule.table, rule.rows);
            Some((Purged { table, which, rows: 0, finished: false }, statement))
        });
        let (purged, statements): (Vec<_>, Vec<_>) = expired.unzip();
        Self { queue: statements.into_iter().enumerate().collect(), purged, turn, failure: None }
    }

    /// Deletes rows of the next table until its turn is over. Returns `false` when there is
    /// nothing to do. A table that fails has no further turn, and does not keep the others from
    /// theirs.
    async fn take_turn(&mut self, ctx: &Context) -> bool {
        let Some((number, statement)) = self.queue.pop_front() else { return false };
        let purged = &mut self.purged[number];
        let end = Instant::now() + self.turn;
        match delete(ctx, &statement, end, &mut purged.rows).await {
            Ok(finished) => {
                purged.finished = finished;
                if !finished {
                    self.queue.push_back((number, statement));
                }
            }
            Err(error) => {
                let (cause, table) = (&error as &dyn std::error::Error, purged.table);
                tracing::error!(error = cause, table, "old rows of a table cannot be deleted");
                self.failure = Some(worse(self.failure.take(), error));
            }
        }
        true
    }
}

/// Of two failures, one that is not transient: it uses up an attempt.
fn worse(before: Option<Error>, error: Error) -> Error {
    match before {
        Some(before) if !before.is_transient() => before,
        _ => error,
    }
}

/// Runs a statement until it finds fewer rows than a batch, or until `end`. Returns whether no row
/// is left.
async fn delete(
    ctx: &Context,
    statement: &DeleteStatement,
    end: Instant,
    deleted: &mut u64,
) -> Result<bool> {
    loop {
        let rows = ctx.db.autocommit().await.execute(statement).await?.rows_affected();
        *deleted += rows;
        if rows < BATCH {
            return Ok(true);
        }
        if Instant::now() >= end {
            return Ok(false);
        }
        time::sleep(PAUSE).await;
    }
}

/// A statement that deletes a batch of rows. It finds them again by their physical address, which
/// needs no index.
fn batch(table: &'static str, expired: Condition, is_sqlite: bool) -> DeleteStatement {
    let address = || Expr::cust(if is_sqlite { "rowid" } else { "ctid" });
    let some =
        Query::select().expr(address()).from(table).cond_where(expired).limit(BATCH).to_owned();
    let among_them = if is_sqlite {
        address().in_subquery(some)
    } else {
        // As an array: a join could scan the whole table.
        Expr::cust_with_exprs("ctid = ANY(ARRAY $1)", [Expr::SubQuery(None, Box::new(some.into()))])
    };
    Query::delete().from_table(table).and_where(among_them).to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sea_orm::Statement;

    use super::*;
    use crate::{cron, jobs, testing::World};

    const DOCUMENT: &str = include_str!("../../../docs/retention.md");

    fn statement(world: &World, rule: Rule) -> DeleteStatement {
        batch(rule.table, rule.expired.unwrap(), world.ctx.db.is_sqlite())
    }

    async fn expire_sessions(world: &World, count: u64) {
        let expired = format!(
            "INSERT INTO sessions (id, data, expires_at) \
             WITH RECURSIVE numbers (n) AS \
                (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) \
             SELECT 'old' || n, '', '2026-11-22 00:00:00+00:00' FROM numbers"
        );
        assert_eq!(world.execute(&expired).await.unwrap(), count);
    }

    #[tokio::test]
    async fn a_statement_deletes_one_batch() {
        let world = World::new().await;
        expire_sessions(&world, BATCH + 1).await;
        let ctx = &world.ctx;
        let statement = statement(&world, rules(ctx).remove(0));
        for expected in [BATCH, 1, 0] {
            let deleted = ctx.db.autocommit().await.execute(&statement).await.unwrap();
            assert_eq!(deleted.rows_affected(), expected);
        }
    }

    #[tokio::test]
    async fn a_table_with_many_rows_leaves_the_next_one_its_turn() {
        let world = World::new().await;
        expire_sessions(&world, 2 * BATCH).await;
        let mut work = Purge::new(&world.ctx, Duration::ZERO);
        assert!(work.take_turn(&world.ctx).await && work.take_turn(&world.ctx).await);
        let of = |work: &Purge, number: usize| {
            let purged = &work.purged[number];
            (purged.table, purged.rows, purged.finished)
        };
        assert_eq!(of(&work, 0), ("sessions", BATCH, false));
        assert_eq!(of(&work, 1), ("password_resets", 0, true));
        while work.take_turn(&world.ctx).await {}
        assert_eq!(of(&work, 0), ("sessions", 2 * BATCH, true));
        assert!(work.failure.is_none());
    }

    #[tokio::test]
    async fn a_clean_up_gives_sqlite_statistics_of_its_tables() {
        let world = World::new().await;
        if !world.ctx.db.is_sqlite() {
            return;
        }
        let ada = world.organizer("Ada").await;
        for _ in 0..30 {
            world.competition(&ada).create().await;
        }
        cron::fire(&world.ctx, "clean_up", world.ctx.now(), CleanUp {}).await.unwrap();
        let claims = jobs::claim(&world.ctx, 1).await.unwrap();
        jobs::execute(&world.ctx, &claims).await.unwrap();
        let analysed = "SELECT DISTINCT tbl FROM sqlite_stat1 WHERE tbl = 'competitions'";
        let db = world.ctx.db.connection();
        let analysed = Statement::from_string(db.get_database_backend(), analysed);
        assert_eq!(db.query_all_raw(analysed).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn every_table_has_a_rule_and_every_rule_a_table() {
        let world = World::new().await;
        let sql = if world.ctx.db.is_sqlite() {
            // Without the tables of the full-text index, which has the rows of another table.
            "SELECT name FROM pragma_table_list \
             WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'"
        } else {
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
        };
        let db = world.ctx.db.connection();
        let sql = Statement::from_string(db.get_database_backend(), sql);
        let rows = db.query_all_raw(sql).await.unwrap();
        let tables: BTreeSet<String> =
            rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
        let ruled: BTreeSet<String> =
            rules(&world.ctx).iter().map(|rule| rule.table.to_owned()).collect();
        assert_eq!(tables, ruled, "see service/src/housekeeping/rules.rs");
    }

    #[tokio::test]
    async fn rows_to_be_deleted_are_found_by_an_index() {
        let world = World::new().await;
        let db = world.ctx.db.connection();
        let backend = db.get_database_backend();
        let is_sqlite = world.ctx.db.is_sqlite();
        for rule in rules(&world.ctx) {
            let (table, Some(expired)) = (rule.table, rule.expired) else { continue };
            let find = Query::select()
                .expr(Expr::val(1))
                .from(table)
                .cond_where(expired)
                .limit(BATCH)
                .to_owned();
            let find = backend.build(&find);
            let explain = if is_sqlite { "EXPLAIN QUERY PLAN" } else { "EXPLAIN" };
            let sql = format!("{explain} {}", find.sql);
            let explain = Statement { sql, ..find };
            let plan = db.query_all_raw(explain).await.unwrap();
            let column = if is_sqlite { "detail" } else { "QUERY PLAN" };
            let plan: Vec<String> =
                plan.iter().map(|row| row.try_get("", column).unwrap()).collect();
            let plan = plan.join("\n");
            let scans = plan.contains("Seq Scan") || plan.contains(&format!("SCAN {table}"));
            assert!(!scans, "{table}:\n{plan}");
        }
    }

    #[tokio::test]
    async fn the_document_names_every_rule_with_its_default() {
        let world = World::new().await;
        for rule in rules(&world.ctx) {
            let Rule { table, rows, kept, option, why, .. } = rule;
            let option = option.map_or_else(|| "–".to_owned(), |name| format!("`{name}`"));
            let line = format!("| `{table}` | {rows} | {kept} | {option} | {why} |");
            assert!(DOCUMENT.contains(&line), "docs/retention.md lacks this line:\n{line}");
        }
        let lines = DOCUMENT.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(lines, rules(&world.ctx).len(), "docs/retention.md has lines without a rule");
    }
}
