//! Threads: the messages about one competition. A message about none is a thread of its own.

use domain::{MailId, Paging, UserId};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use crate::Result;

/// A thread, by its newest message.
#[derive(Debug, FromQueryResult)]
pub(super) struct Thread {
    /// The newest message.
    pub(super) id: MailId,
    pub(super) messages: i64,
    pub(super) unread: i64,
}

/// The parameters are the user, the limit and the offset.
const PAGE: &str = "\
    SELECT id, messages, unread FROM ( \
        SELECT id, sent_at, \
            ROW_NUMBER() OVER (PARTITION BY COALESCE(competition_id, id) \
                ORDER BY sent_at DESC, id DESC) AS place, \
            COUNT(*) OVER (PARTITION BY COALESCE(competition_id, id)) AS messages, \
            COUNT(*) OVER (PARTITION BY COALESCE(competition_id, id)) \
                - COUNT(read_at) OVER (PARTITION BY COALESCE(competition_id, id)) AS unread \
        FROM mailbox WHERE user_id = $1 AND deleted_at IS NULL \
    ) AS threads \
    WHERE place = 1 ORDER BY sent_at DESC, id DESC LIMIT $2 OFFSET $3";
const TOTAL: &str = "\
    SELECT COUNT(DISTINCT COALESCE(competition_id, id)) AS total FROM mailbox \
    WHERE user_id = $1 AND deleted_at IS NULL";

/// One page of the threads of a user, that with the newest message first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    user: UserId,
    paging: Paging,
) -> Result<Vec<Thread>> {
    let bounded = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let values = [user.into(), bounded(paging.limit).into(), bounded(paging.offset()).into()];
    let query = Statement::from_sql_and_values(db.get_database_backend(), PAGE, values);
    Ok(Thread::find_by_statement(query).all(db).await?)
}

/// How many threads a user has.
pub(super) async fn total(db: &impl ConnectionTrait, user: UserId) -> Result<u64> {
    let query = Statement::from_sql_and_values(db.get_database_backend(), TOTAL, [user.into()]);
    let row = db.query_one_raw(query).await?;
    let total: i64 = row.map_or(Ok(0), |row| row.try_get("", "total"))?;
    Ok(u64::try_from(total).unwrap_or_default())
}
