//! Writing and finding many rows with one statement.
//!
//! On PostgreSQL the rows are one JSON parameter, so that the text of a statement does not depend
//! on their number: it is parsed and planned once for each connection, and sent in one round trip.
//! SQLite has no round trips to save, and gets plain statements.

use std::fmt::Write;

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityName,
    EntityTrait, FromQueryResult, IdenStatic, IntoActiveModel, Iterable, ModelTrait,
    PrimaryKeyToColumn, QueryTrait, Statement, UpdateMany, Value,
    sea_query::{ArrayType, Expr, Query, postgres_array::NotU8},
};
use serde::Serialize;

use crate::{Error, Result};

/// Rows in a statement on SQLite, which takes 32,766 parameters: no table has more than 40 columns.
const CHUNK: usize = 800;

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

/// Inserts rows, all of their columns, skipping rows whose `key` exists.
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
        let mut sql = insert_sql::<M>("$1");
        if let Some(key) = key {
            write!(sql, " ON CONFLICT ({}) DO NOTHING", key.as_str())
                .expect("writing to a string cannot fail");
        }
        return execute(tx, sql, &rows).await;
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
        return execute(tx, update_sql::<M>("$1"), &rows).await;
    }
    for row in rows {
        row.into_active_model().reset_all().update(tx).await?;
    }
    Ok(())
}

/// Executes an update and returns the updated rows.
pub(crate) async fn update_returning<E: EntityTrait>(
    tx: &impl ConnectionTrait,
    update: UpdateMany<E>,
) -> Result<Vec<E::Model>> {
    let mut update = update.into_query();
    update.returning(Query::returning().columns(E::Column::iter()));
    let rows = tx.query_all(&update).await?;
    let rows = rows.iter().map(|row| E::Model::from_query_result(row, ""));
    Ok(rows.collect::<Result<_, _>>()?)
}

/// `column IN (values)`, as one array parameter on PostgreSQL.
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

/// An array parameter for PostgreSQL.
pub(crate) fn array<V: Into<Value>>(kind: ArrayType, values: impl IntoIterator<Item = V>) -> Value {
    Value::Array(kind, Some(Box::new(values.into_iter().map(Into::into).collect())))
}

/// Several writes on PostgreSQL in one statement, and one round trip.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    parts: Vec<String>,
    values: Vec<Value>,
}

impl Writes {
    /// Starts with any statement, built for PostgreSQL, whose changed rows [`run`](Self::run)
    /// counts.
    pub(crate) fn beginning_with(first: Statement) -> Self {
        let values = first.values.map(|values| values.0).unwrap_or_default();
        Self { parts: vec![first.sql], values }
    }

    /// Inserts rows, all of their columns.
    pub(crate) fn insert<M: ModelTrait + Serialize>(&mut self, rows: &[M]) -> Result<()> {
        self.add(rows, insert_sql::<M>)
    }

    /// Overwrites rows that exist, all of their columns.
    pub(crate) fn update<M: ModelTrait + Serialize>(&mut self, rows: &[M]) -> Result<()> {
        self.add(rows, update_sql::<M>)
    }

    fn add<M: Serialize>(&mut self, rows: &[M], sql: impl Fn(&str) -> String) -> Result<()> {
        if !rows.is_empty() {
            self.values.push(json(rows)?.into());
            self.parts.push(sql(&format!("${}", self.values.len())));
        }
        Ok(())
    }

    /// Executes all writes and returns the number of rows that the first one changed.
    pub(crate) async fn run(self, tx: &impl ConnectionTrait) -> Result<usize> {
        if self.parts.is_empty() {
            return Ok(0);
        }
        let parts = self.parts.iter().enumerate();
        let parts: Vec<_> =
            parts.map(|(number, part)| format!("part_{number} AS ({part} RETURNING 1)")).collect();
        let sql = format!("WITH {} SELECT count(*) AS changed FROM part_0", parts.join(", "));
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, self.values);
        let row = tx.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| Error::Corrupt("a count without a row".to_owned()))?;
        let changed: i64 = row.try_get("", "changed")?;
        usize::try_from(changed).map_err(|_| Error::Corrupt(format!("a count of {changed}")))
    }
}

/// An insert of the rows in a JSON parameter.
fn insert_sql<M: ModelTrait>(parameter: &str) -> String {
    let (table, columns) = (table::<M>(), columns::<M>().join(", "));
    format!(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM \
         json_populate_recordset(NULL::{table}, {parameter}::text::json)"
    )
}

/// An update to the rows in a JSON parameter.
fn update_sql<M: ModelTrait>(parameter: &str) -> String {
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
    format!(
        "UPDATE {table} AS old SET {} FROM json_populate_recordset(NULL::{table}, \
         {parameter}::text::json) AS new WHERE {}",
        set.join(", "),
        same.join(" AND "),
    )
}

fn table<M: ModelTrait>() -> &'static str {
    EntityOf::<M>::default().table_name()
}

/// The columns that this version knows: a newer one may have added columns with defaults.
fn columns<M: ModelTrait>() -> Vec<&'static str> {
    ColumnOf::<M>::iter().map(|column| column.as_str()).collect()
}

async fn execute<M: Serialize>(tx: &impl ConnectionTrait, sql: String, rows: &[M]) -> Result<()> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [json(rows)?.into()]);
    tx.execute_raw(statement).await?;
    Ok(())
}

fn json<M: Serialize>(rows: &[M]) -> Result<String> {
    serde_json::to_string(rows)
        .map_err(|error| Error::Corrupt(format!("rows that are no JSON: {error}")))
}
