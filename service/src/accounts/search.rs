//! Finding accounts by names and addresses, as people type them.

use domain::{UserId, searchable};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, SimpleExpr},
};

use crate::{
    Context, Result,
    entity::user,
    infrastructure::{
        db::retry,
        search::{Query, holds, words},
    },
};

/// Accounts that one transaction indexes.
const BATCH: u64 = 500;

/// The text that rosters are sorted by, and searched by where a search has no words.
pub(crate) fn search_text(name: &str, email: &str) -> String {
    searchable(&format!("{name}\n{email}"))
}

/// The words that an account is found by.
pub(crate) fn search_words(name: &str, email: &str) -> String {
    words(&format!("{name}\n{email}")).join(" ")
}

/// The condition on a user that their name or address has the words of a search.
pub(crate) fn matches(db: &impl ConnectionTrait, search: &str) -> SimpleExpr {
    let database = db.get_database_backend();
    match (Query::parse(search), database) {
        // The expression of an index.
        (Some(query), DbBackend::Postgres) => Expr::cust_with_values(
            "array_to_tsvector(string_to_array(users.search_words, ' ')) @@ $1::tsquery",
            [query.to_sql(database)],
        ),
        (Some(query), _) => query.is_in((user::Entity, user::Column::SearchWords)),
        (None, _) => holds((user::Entity, user::Column::SearchText), &searchable(search)),
    }
}

/// Indexes the accounts that an earlier release has created, each once. Returns how many.
///
/// # Errors
/// When the database fails; those that were indexed by then stay.
pub async fn index_missing(ctx: &Context) -> Result<usize> {
    use user::Column::{Email, Id, Name, SearchWords};
    let missing = user::Entity::find()
        .select_only()
        .columns([Id, Name, Email])
        .filter(SearchWords.eq(""))
        .order_by_asc(Id)
        .limit(BATCH);
    let (mut indexed, mut after) = (0, None::<UserId>);
    loop {
        // Not by the words alone: an account without any would be found again for ever.
        let next = Condition::all().add_option(after.map(|id| Id.gt(id)));
        let batch: Vec<(UserId, String, String)> =
            missing.clone().filter(next).into_tuple().all(ctx.db.connection()).await?;
        let Some((last, ..)) = batch.last() else { return Ok(indexed) };
        after = Some(*last);
        retry(|| index(ctx, &batch)).await?;
        indexed += batch.len();
    }
}

async fn index(ctx: &Context, accounts: &[(UserId, String, String)]) -> Result<()> {
    let tx = ctx.db.begin_read_committed().await?;
    for (id, name, email) in accounts {
        user::Entity::update_many()
            .col_expr(user::Column::SearchWords, Expr::value(search_words(name, email)))
            .filter(user::Column::Id.eq(*id))
            // Not those that were edited, and so indexed, meanwhile.
            .filter(user::Column::SearchWords.eq(""))
            .exec(&*tx)
            .await?;
    }
    tx.commit().await
}
