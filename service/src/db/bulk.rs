//! Writing and finding many rows at once.
//!
//! On PostgreSQL the rows travel as one JSON parameter, so that a statement has one text however many rows there are:
//! it is parsed and planned once for each connection, and costs one round trip. SQLite has no trip to save and takes
//! plain statements.

use std::fmt::Write;

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityName,
    EntityTrait, IdenStatic, IntoActiveModel, Iterable, ModelTrait, PrimaryKeyToColumn,
    QueryFilter, Statement, Value,
    sea_query::{Expr, ExprTrait, postgres_array::NotU8, sea_value_to_json_value},
};
use serde::Serialize;

use crate::{Error, Result};

/// Rows in one of SQLite's statements, which take 32,766 parameters; no table of ours has 30 columns.
const CHUNK: usize = 1_000;

/// The entity of a row.
type EntityOf<M> = <M as ModelTrait>::Entity;
type ColumnOf<M> = <EntityOf<M> as EntityTrait>::Column;

/// Inserts rows, all of their columns.
pub(crate) async fn insert<M, A>(tx: &impl ConnectionTrait, rows: Vec<M>) -> Result<()>
where
    M: ModelTrait + Serialize + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = EntityOf<M>> + ActiveModelBehavior + Send,
{
    insert_or(tx, rows, None).await
}

/// Inserts rows, all of their columns; a row whose `key` is there already is passed over.
pub(crate) async fn insert_new<M, A>(
    tx: &impl ConnectionTrait,
    rows: Vec<M>,
    key: ColumnOf<M>,
) -> Result<()>
where
    M: ModelTrait + Serialize + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = EntityOf<M>> + ActiveModelBehavior + Send,
{
    insert_or(tx, rows, Some(key)).await
}

async fn insert_or<M, A>(
    tx: &impl ConnectionTrait,
    rows: Vec<M>,
    key: Option<ColumnOf<M>>,
) -> Result<()>
where
    M: ModelTrait + Serialize + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = EntityOf<M>> + ActiveModelBehavior + Send,
{
    if rows.is_empty() {
        return Ok(());
    }
    if tx.get_database_backend() == DbBackend::Postgres {
        let (table, columns) = (table::<M>(), columns::<M>().join(", "));
        let mut sql = format!(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, $1::text::json)"
        );
        if let Some(key) = key {
            write!(sql, " ON CONFLICT ({}) DO NOTHING", key.as_str())
                .expect("writing to a string cannot fail");
        }
        execute(tx, sql, &rows).await?;
        return Ok(());
    }
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model).peekable();
    while rows.peek().is_some() {
        let chunk: Vec<A> = rows.by_ref().take(CHUNK).collect();
        let insert = EntityOf::<M>::insert_many(chunk);
        match key {
            Some(key) => {
                insert.on_conflict_do_nothing_on([key]).exec_without_returning(tx).await?;
            }
            None => {
                insert.exec_without_returning(tx).await?;
            }
        }
    }
    Ok(())
}

/// Overwrites rows that exist, all of their columns.
pub(crate) async fn update<M, A>(tx: &impl ConnectionTrait, rows: Vec<M>) -> Result<()>
where
    M: ModelTrait + Serialize + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = EntityOf<M>> + ActiveModelBehavior + Send,
    EntityOf<M>: EntityTrait<Model = M>,
{
    if rows.is_empty() {
        return Ok(());
    }
    if tx.get_database_backend() == DbBackend::Postgres {
        let table = table::<M>();
        let keys: Vec<_> = <EntityOf<M> as EntityTrait>::PrimaryKey::iter()
            .map(|key| key.into_column().as_str())
            .collect();
        let set: Vec<String> = columns::<M>()
            .into_iter()
            .filter(|column| !keys.contains(column))
            .map(|column| format!("{column} = new.{column}"))
            .collect();
        let same: Vec<String> = keys.iter().map(|key| format!("old.{key} = new.{key}")).collect();
        let sql = format!(
            "UPDATE {table} AS old SET {} FROM json_populate_recordset(NULL::{table}, $1::text::json) AS new WHERE {}",
            set.join(", "),
            same.join(" AND "),
        );
        execute(tx, sql, &rows).await?;
        return Ok(());
    }
    for row in rows {
        row.into_active_model().reset_all().update(tx).await?;
    }
    Ok(())
}

/// The rows whose `columns` hold one of `wanted`. The columns must be those of a unique index: at most one row is
/// found for each, through that index, whatever the planner believes of the table. (A scan would be slow, and under
/// SERIALIZABLE it would conflict with every other writer of the table.)
pub(crate) async fn find_each<E: EntityTrait, const N: usize>(
    tx: &impl ConnectionTrait,
    columns: [E::Column; N],
    wanted: Vec<[Value; N]>,
) -> Result<Vec<E::Model>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    if tx.get_database_backend() != DbBackend::Postgres {
        let columns = Expr::tuple(columns.map(|column| Expr::col(column)));
        let wanted = wanted.into_iter().map(|values| Expr::tuple(values.map(Expr::val)));
        return Ok(E::find().filter(columns.is_in(wanted)).all(tx).await?);
    }
    let table = E::default().table_name();
    let names = columns.map(|column| column.as_str());
    let asked: Vec<serde_json::Map<_, _>> = wanted
        .iter()
        .map(|values| {
            let pairs = names.iter().zip(values);
            pairs
                .map(|(name, value)| ((*name).to_owned(), sea_value_to_json_value(value)))
                .collect()
        })
        .collect();
    let same = names.map(|name| format!("{table}.{name} = asked.{name}"));
    let sql = format!(
        "SELECT found.* FROM json_populate_recordset(NULL::{table}, $1::text::json) AS asked \
         CROSS JOIN LATERAL (SELECT * FROM {table} WHERE {} LIMIT 1) AS found",
        same.join(" AND "),
    );
    Ok(E::find().from_raw_sql(statement(sql, &asked)?).all(tx).await?)
}

/// `column IN (values)`, as one parameter where the database can.
pub(crate) fn any_of<V: Into<Value> + NotU8>(
    db: &impl ConnectionTrait,
    column: impl ColumnTrait,
    values: impl IntoIterator<Item = V>,
) -> Expr {
    if db.get_database_backend() == DbBackend::Postgres {
        column.eq_any(values)
    } else {
        column.is_in(values)
    }
}

fn table<M: ModelTrait>() -> &'static str {
    EntityOf::<M>::default().table_name()
}

/// The columns this program knows: a newer one may have added others, with defaults.
fn columns<M: ModelTrait>() -> Vec<&'static str> {
    ColumnOf::<M>::iter().map(|column| column.as_str()).collect()
}

async fn execute<M: Serialize>(tx: &impl ConnectionTrait, sql: String, rows: &[M]) -> Result<()> {
    tx.execute_raw(statement(sql, rows)?).await?;
    Ok(())
}

/// A statement whose only parameter is some rows.
fn statement<M: Serialize>(sql: String, rows: &[M]) -> Result<Statement> {
    let rows = serde_json::to_string(rows)
        .map_err(|error| Error::Corrupt(format!("rows that are no JSON: {error}")))?;
    Ok(Statement::from_sql_and_values(DbBackend::Postgres, sql, [rows.into()]))
}
