//! `mini-compete backup` and `mini-compete restore`.

mod archive;
mod postgres_tools;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use serde_json::json;
use service::{
    Clock, SystemClock,
    backup::{self, Facts},
    error_chain,
};

use self::archive::Manifest;
use super::{
    Result,
    output::{print, print_json},
    progress::Progress,
};
use crate::options::InstallationOptions;

/// Writes a backup of the database to `file`.
pub(super) async fn create(installation: &InstallationOptions, file: &Path, json: bool) -> Result {
    if file.exists() {
        return Err(format!("{} exists: choose another name", file.display()).into());
    }
    let url = &installation.database.url()?;
    let facts = Facts::read(url).await?;
    let Some(migrations) = facts.migrations else {
        return Err(
            "the database has no tables of mini-compete: there is nothing to back up".into()
        );
    };
    let manifest = Manifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        database: kind(url).to_owned(),
        database_version: facts.version.clone(),
        migrations,
        created_at: SystemClock.now(),
    };
    let progress = Progress::bytes("written");
    let report = &mut |bytes| progress.set(bytes);
    if backup::is_sqlite(url) {
        let copy = Copy::of(file);
        backup::copy_sqlite(url, &copy.0).await?;
        archive::write(file, &manifest, &mut File::open(&copy.0)?, report)?;
    } else {
        postgres_tools::check("pg_dump", &facts.version)?;
        postgres_tools::dump(url, |data| archive::write(file, &manifest, data, report))?;
    }
    progress.finish();
    let bytes = fs::metadata(file)?.len();
    if json {
        return print_json(&json!({
            "file": file,
            "bytes": bytes,
            "createdAt": manifest.created_at,
            "database": manifest.database,
            "databaseVersion": manifest.database_version,
            "version": manifest.version,
        }));
    }
    print(&format!("{} has {bytes} bytes and a checksum.", file.display()))?;
    print(&format!(
        "Pictures are not in it. Back them up, too: they are in {}.",
        installation.media.place(url)
    ))
}

/// A copy of a database beside the backup. It is deleted when it is dropped.
struct Copy(PathBuf);

impl Copy {
    fn of(file: &Path) -> Self {
        Self(archive::beside(file, "copy"))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // An error means that the copy was never made.
        let _ = fs::remove_file(&self.0);
    }
}

/// Restores the database from `file`. A database with tables is only replaced if `replace` is set.
pub(super) async fn restore(
    installation: &InstallationOptions,
    file: &Path,
    replace: bool,
) -> Result {
    let url = &installation.database.url()?;
    let (manifest, mut data) = archive::open(file)?;
    check_manifest(&manifest, url)?;
    let progress = Progress::bytes("restored");
    let report = &mut |bytes| progress.set(bytes);
    if let Some(target) = service::sqlite_file(url) {
        restore_sqlite(url, &target, &mut data, replace, report).await?;
    } else {
        restore_postgres(url, &mut data, replace, report).await?;
    }
    // Brings the schema of an older backup up to date.
    let ctx = installation.open().await?;
    backup::invalidate(&ctx).await?;
    progress.finish();
    print(&format!(
        "The database is as it was at {}. All users must log in again.",
        manifest.created_at
    ))
}

fn check_manifest(manifest: &Manifest, url: &str) -> Result {
    if manifest.database != kind(url) {
        return Err(format!(
            "this is a backup of a {} database, and DATABASE_URL names a {} database",
            manifest.database,
            kind(url)
        )
        .into());
    }
    let known = migration::names();
    match manifest.migrations.iter().find(|name| !known.contains(name)) {
        Some(unknown) => Err(format!(
            "version {} of mini-compete made this backup, with the migration `{unknown}` that \
             this version does not know: restore it with that version or a newer one",
            manifest.version
        )
        .into()),
        None => Ok(()),
    }
}

fn kind(url: &str) -> &'static str {
    if backup::is_sqlite(url) { "sqlite" } else { "postgresql" }
}

/// Refuses a database with tables, unless it is to be replaced and was made by this program.
fn check_target(facts: &Facts, replace: bool) -> Result {
    if facts.tables == 0 {
        return Ok(());
    }
    if !replace {
        return Err("the database is not empty: --replace deletes what is in it".into());
    }
    if facts.migrations.is_none() {
        return Err("the database has tables of another program: choose another database".into());
    }
    Ok(())
}

async fn restore_sqlite(
    url: &str,
    target: &Path,
    data: &mut dyn std::io::Read,
    replace: bool,
    report: &mut dyn FnMut(u64),
) -> Result {
    if target.exists() {
        check_target(&Facts::read(url).await?, replace)?;
        if !backup::release_sqlite(url).await? {
            return Err("another process uses the database: stop the servers and workers".into());
        }
    } else if let Some(folder) = target.parent() {
        service::create_private_folder(folder)?;
    }
    let new = Copy::of(target);
    archive::write_private(&new.0, data, report)?;
    backup::check_sqlite(&new.0).await.map_err(|error| error_chain(&error))?;
    fs::rename(&new.0, target)?;
    Ok(())
}

async fn restore_postgres(
    url: &str,
    data: &mut dyn std::io::Read,
    replace: bool,
    report: &mut dyn FnMut(u64),
) -> Result {
    let facts = Facts::read(url).await?;
    check_target(&facts, replace)?;
    postgres_tools::check("pg_restore", &facts.version)?;
    if facts.other_clients > 0 {
        return Err(format!(
            "the database has {} other connections: stop the servers and workers",
            facts.other_clients
        )
        .into());
    }
    if facts.tables > 0 {
        backup::drop_tables(url).await?;
    }
    postgres_tools::restore(url, data, report)
}
