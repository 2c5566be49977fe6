//! The schema of Mini Compete, the same on SQLite and PostgreSQL. One file a noun.
//!
//! A migration that has been released is never edited; a change is a new file at the end of the list.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{
    prelude::*,
    sea_orm::{DatabaseConnection, DatabaseTransaction},
};

mod backfill;
mod lock;
mod progress;

mod m20261123_000001_users;
mod m20261123_000002_competitions;
mod m20261123_000003_registrations;
mod m20261123_000004_mailbox;
mod m20261123_000005_idempotency_logs;
mod m20261123_000006_jobs;
mod m20261123_000007_cron_ticks;
mod m20261123_000008_sessions;
mod m20261125_000009_competition_revision;
mod m20261125_000010_job_indexes;
mod m20261125_000011_competition_life;
mod m20261125_000012_accounts;
mod m20261125_000013_login_attempts;
mod m20261125_000018_mailbox_search;
mod m20261125_000019_job_discards;
mod m20261126_000022_job_postponements;
mod m20261126_000026_mail_limits;
mod m20261126_000027_reset_links;
mod m20261126_000030_hashed_sessions;
mod m20261126_000036_refresh_token_successors;
mod m20261126_000038_reminded_start;
mod m20261126_000039_leap_seconds;

/// Every migration, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_users::Migration),
            Box::new(m20261123_000002_competitions::Migration),
            Box::new(m20261123_000003_registrations::Migration),
            Box::new(m20261123_000004_mailbox::Migration),
            Box::new(m20261123_000005_idempotency_logs::Migration),
            Box::new(m20261123_000006_jobs::Migration),
            Box::new(m20261123_000007_cron_ticks::Migration),
            Box::new(m20261123_000008_sessions::Migration),
            Box::new(m20261125_000009_competition_revision::Migration),
            Box::new(m20261125_000010_job_indexes::Migration),
            Box::new(m20261125_000011_competition_life::Migration),
            Box::new(m20261125_000012_accounts::Migration),
            Box::new(m20261125_000013_login_attempts::Migration),
            Box::new(m20261125_000018_mailbox_search::Migration),
            Box::new(m20261125_000019_job_discards::Migration),
            Box::new(m20261126_000022_job_postponements::Migration),
            Box::new(m20261126_000026_mail_limits::Migration),
            Box::new(m20261126_000027_reset_links::Migration),
            Box::new(m20261126_000030_hashed_sessions::Migration),
            Box::new(m20261126_000036_refresh_token_successors::Migration),
            Box::new(m20261126_000038_reminded_start::Migration),
            Box::new(m20261126_000039_leap_seconds::Migration),
        ]
    }
}

pub use backfill::backfill;

/// Brings the schema up to date, one migration after the other, each in a transaction of its own.
/// Many processes may call it at once: one works, the others wait, however long it takes. No
/// statement has a time limit: tables may be of any size.
///
/// # Errors
/// When the database does not answer or refuses a statement; what was migrated by then stays migrated.
pub async fn run(db: &DatabaseConnection) -> Result<(), DbErr> {
    loop {
        let tx = lock::begin(db).await?;
        let pending = Migrator::get_pending_migrations(&tx).await?;
        let Some(next) = pending.first() else { return tx.commit().await };
        progress::reported(next.name(), migrate(tx)).await?;
    }
}

async fn migrate(tx: DatabaseTransaction) -> Result<(), DbErr> {
    Migrator::up(&tx, Some(1)).await?;
    tx.commit().await
}

/// `CHECK (column IN ('A', 'B'))`.
fn one_of(column: &'static str, values: &[&'static str]) -> SimpleExpr {
    Expr::col(column).is_in(values.iter().copied())
}

/// A foreign key whose rows go when what they point to goes.
fn cascading(
    from: (&'static str, &'static str),
    to: (&'static str, &'static str),
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{}_{}_fkey", from.0, from.1))
        .from(from.0, from.1)
        .to(to.0, to.1)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

/// An index named after its table and columns.
fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}_idx", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// The unique index of the same form.
fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(table, columns).name(format!("{table}_{}_key", columns.join("_"))).unique().to_owned()
}
