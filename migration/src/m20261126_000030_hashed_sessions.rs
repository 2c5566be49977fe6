//! Sessions under the hashes of their ids, and bounded.
//!
//! Earlier sessions end: their ids are stored as they are, their data names them, and nothing
//! bounds its size. The table is dropped and not emptied, which takes as long however large it has
//! become. The columns keep their names, so that a process of the version before goes on with a
//! table in which it finds nobody.

use sea_orm_migration::{prelude::*, schema::*};

use crate::index;

/// The most bytes of a session. The program keeps to less; this is the last wall.
const MAX_BYTES: i32 = 160 * 1024;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("sessions").to_owned()).await?;
        let bytes = Func::cust("octet_length").arg(Expr::col("data"));
        let sessions = Table::create()
            .table("sessions")
            .col(text("id").primary_key())
            .col(text("data").check(Expr::expr(bytes).lte(MAX_BYTES)))
            .col(timestamp_with_time_zone("expires_at"))
            .to_owned();
        manager.create_table(sessions).await?;
        manager.create_index(index("sessions", &["expires_at"])).await
    }
}
