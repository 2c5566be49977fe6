//! The schema of Mini Compete, the same on SQLite and PostgreSQL. One file for each noun.
//!
//! A migration is never edited, because a database that has it does not run it again: a change is a
//! new file at the end of the list. It only adds to the schema, so that the release before it works
//! on; one that drops or renames comes a release later, and has `_contract_` in its name.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{prelude::*, sea_orm::DatabaseConnection};

mod lock;

mod m20261126_000001_users;
mod m20261126_000002_competitions;
mod m20261126_000003_registrations;
mod m20261126_000004_mailbox;
mod m20261126_000005_mail_limits;
mod m20261126_000006_idempotency_logs;
mod m20261126_000007_refresh_tokens;
mod m20261126_000008_password_resets;
mod m20261126_000009_login_attempts;
mod m20261126_000010_sessions;
mod m20261126_000011_jobs;
mod m20261126_000012_cron_ticks;
mod m20261126_000015_job_causes;
mod m20261126_000020_retention;
mod m20261126_000021_disabled_accounts;
mod m20261126_000022_webhooks;
mod m20261126_000023_personal_tokens;
mod m20261127_000030_first_attempts;
mod m20261127_000031_job_items;
mod m20261127_000032_lists;
mod m20261127_000033_competition_search;
mod m20261127_000034_account_search;
mod m20261128_000035_competition_facts;
mod m20261128_000036_visibility;
mod m20261128_000037_waiting_list;
mod m20261128_000038_approval;
mod m20261128_000039_sections;
mod m20261128_000040_questions;
mod m20261128_000041_promote_until;
mod m20261129_000042_access;
mod m20261129_000043_invitations;
mod m20261129_000044_assets;
mod m20261129_000045_second_role;
mod m20261130_000046_pictures_in_texts;
mod m20261130_000047_deleted_drafts;
mod m20261130_000048_reminder_offsets;
mod m20261130_000049_competition_changes;
mod m20261130_000050_calendar_parts;
mod m20261130_000051_mail_preferences;
mod m20261201_000052_email_verifications;
mod m20261201_000053_calendar_feeds;
mod m20261201_000054_organizer_messages;
mod m20261201_000055_organizer_notices;
mod m20261201_000056_session_details;
mod m20261201_000057_deleted_mail;

/// Every migration, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261126_000001_users::Migration),
            Box::new(m20261126_000002_competitions::Migration),
            Box::new(m20261126_000003_registrations::Migration),
            Box::new(m20261126_000004_mailbox::Migration),
            Box::new(m20261126_000005_mail_limits::Migration),
            Box::new(m20261126_000006_idempotency_logs::Migration),
            Box::new(m20261126_000007_refresh_tokens::Migration),
            Box::new(m20261126_000008_password_resets::Migration),
            Box::new(m20261126_000009_login_attempts::Migration),
            Box::new(m20261126_000010_sessions::Migration),
            Box::new(m20261126_000011_jobs::Migration),
            Box::new(m20261126_000012_cron_ticks::Migration),
            Box::new(m20261126_000015_job_causes::Migration),
            Box::new(m20261126_000020_retention::Migration),
            Box::new(m20261126_000021_disabled_accounts::Migration),
            Box::new(m20261126_000022_webhooks::Migration),
            Box::new(m20261126_000023_personal_tokens::Migration),
            Box::new(m20261127_000030_first_attempts::Migration),
            Box::new(m20261127_000031_job_items::Migration),
            Box::new(m20261127_000032_lists::Migration),
            Box::new(m20261127_000033_competition_search::Migration),
            Box::new(m20261127_000034_account_search::Migration),
            Box::new(m20261128_000035_competition_facts::Migration),
            Box::new(m20261128_000036_visibility::Migration),
            Box::new(m20261128_000037_waiting_list::Migration),
            Box::new(m20261128_000038_approval::Migration),
            Box::new(m20261128_000039_sections::Migration),
            Box::new(m20261128_000040_questions::Migration),
            Box::new(m20261128_000041_promote_until::Migration),
            Box::new(m20261129_000042_access::Migration),
            Box::new(m20261129_000043_invitations::Migration),
            Box::new(m20261129_000044_assets::Migration),
            Box::new(m20261129_000045_second_role::Migration),
            Box::new(m20261130_000046_pictures_in_texts::Migration),
            Box::new(m20261130_000047_deleted_drafts::Migration),
            Box::new(m20261130_000048_reminder_offsets::Migration),
            Box::new(m20261130_000049_competition_changes::Migration),
            Box::new(m20261130_000050_calendar_parts::Migration),
            Box::new(m20261130_000051_mail_preferences::Migration),
            Box::new(m20261201_000052_email_verifications::Migration),
            Box::new(m20261201_000053_calendar_feeds::Migration),
            Box::new(m20261201_000054_organizer_messages::Migration),
            Box::new(m20261201_000055_organizer_notices::Migration),
            Box::new(m20261201_000056_session_details::Migration),
            Box::new(m20261201_000057_deleted_mail::Migration),
        ]
    }
}

/// In the name of a migration after which earlier releases do not work any more, because it drops
/// or renames what they use. All others only add to the schema.
const CONTRACTS: &str = "_contract_";

/// Brings the schema up to date, one migration after the other, each in a transaction of its own.
/// Concurrent processes may call it: one migrates, the others wait, however long it takes. No
/// statement has a time limit: tables may be of any size.
///
/// The schema of a later release is accepted if its migrations only add to this one: during a
/// rolling upgrade a process of the earlier release may be started again.
///
/// # Errors
/// When another version of the program has migrated the database otherwise; when the database does
/// not answer or refuses a statement. Migrations that were committed by then stay.
pub async fn run(db: &DatabaseConnection) -> Result<(), DbErr> {
    loop {
        let tx = lock::begin(db).await?;
        let applied = Migrator::get_migration_models(&tx).await?;
        let applied: Vec<_> = applied.into_iter().map(|applied| applied.version).collect();
        let known = names();
        let is_up_to_date = known.iter().all(|known| applied.contains(known));
        if let Some(unknown) = applied.iter().find(|applied| !known.contains(applied)) {
            if !is_up_to_date || !accepts(&applied) {
                return Err(of_another_version(unknown));
            }
            tracing::warn!(
                migration = unknown,
                "a later release has migrated the database; this one runs on its schema"
            );
        }
        if is_up_to_date {
            return tx.commit().await;
        }
        Migrator::up(&tx, Some(1)).await?;
        tx.commit().await?;
    }
}

/// The names of all migrations, the oldest first.
pub fn names() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

/// Whether this release works on a schema with these migrations, those of this release aside: the
/// others come after them, and only add to the schema.
pub fn accepts(applied: &[String]) -> bool {
    let known = names();
    let last = known.iter().max();
    let mut unknown = applied.iter().filter(|applied| !known.contains(applied));
    unknown.all(|unknown| Some(unknown) > last && !unknown.contains(CONTRACTS))
}

/// Refuses a database of a later release that has dropped something, and of the versions before the
/// first release: their migrations were replaced.
fn of_another_version(unknown: &str) -> DbErr {
    DbErr::Migration(format!(
        "another version of this program made the database: it has the migration `{unknown}`, \
         which this version does not know. Run that version, or start with a new database: delete \
         the SQLite file, or set DATABASE_URL to an empty PostgreSQL database"
    ))
}

/// `CHECK (column IN ('A', 'B'))`.
fn one_of(column: &'static str, values: &[&'static str]) -> SimpleExpr {
    Expr::col(column).is_in(values.iter().copied())
}

/// A foreign key whose rows are deleted with the row that they refer to.
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
