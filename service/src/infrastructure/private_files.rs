//! Files that only the user who runs the program may read: the SQLite database with every address
//! and every hash in it, and what signs the tokens.

use std::{
    fs::{self, DirBuilder, OpenOptions, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    str::FromStr,
};

use sea_orm::sqlx::sqlite::SqliteConnectOptions;

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// What others may do with a file.
const OTHERS: u32 = 0o077;
/// What SQLite puts behind the name of its file. It creates these with the permissions of the file
/// itself.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];
/// What the names of secrets in the data folder begin with.
const SECRET: &str = "jwt-secret";

/// Creates a folder that is closed to others. One that exists stays as it is.
///
/// # Errors
/// When it cannot be created.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)
}

/// Closes a file to others, if it exists.
///
/// # Errors
/// When its permissions cannot be changed, for example because another user owns it.
pub fn make_private(file: &Path) -> io::Result<()> {
    close(file, FILE_MODE)
}

/// Makes the file of a SQLite URL private, and its folder if there is nothing else in it. Files in
/// memory have neither.
pub(crate) fn prepare_sqlite(url: &str) -> io::Result<()> {
    let Some(file) = sqlite_file(url) else { return Ok(()) };
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    create_private_folder(folder)?;
    // SQLite would create it readable by all users.
    OpenOptions::new().write(true).create(true).truncate(false).mode(FILE_MODE).open(&file)?;
    make_private(&file)?;
    for companion in COMPANIONS {
        make_private(&beside(&file, companion))?;
    }
    if holds_only_ours(folder, &file)? {
        close(folder, FOLDER_MODE)?;
    }
    Ok(())
}

/// The file that a SQLite URL names, if it is to be written to.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    if !url.starts_with("sqlite:") {
        return None;
    }
    if url.contains(":memory:") || url.contains("mode=memory") || url.contains("mode=ro") {
        return None;
    }
    Some(SqliteConnectOptions::from_str(url).ok()?.get_filename().to_owned())
}

fn beside(file: &Path, companion: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(companion);
    name.into()
}

/// Whether the folder holds the database only, so that no other program needs it.
fn holds_only_ours(folder: &Path, file: &Path) -> io::Result<bool> {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else { return Ok(false) };
    for entry in fs::read_dir(folder)? {
        let found = entry?.file_name();
        let found = found.to_string_lossy();
        let is_database = found
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || COMPANIONS.contains(&rest));
        if !is_database && !found.starts_with(SECRET) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Removes the permissions of other users on a file or folder.
fn close(path: &Path, mode: u32) -> io::Result<()> {
    let found = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?.permissions().mode(),
    };
    if found & OTHERS == 0 {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(found & mode))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    async fn write_something(file: &Path) {
        let db = Db::connect(&format!("sqlite://{}", file.display()), 2).await.unwrap();
        let create = "CREATE TABLE IF NOT EXISTS t (a INTEGER); INSERT INTO t VALUES (1)";
        sea_orm::ConnectionTrait::execute_unprepared(db.connection(), create).await.unwrap();
        for companion in ["", "-wal", "-shm"] {
            let path = beside(file, companion);
            assert_eq!(mode(&path), FILE_MODE, "{}", path.display());
        }
    }

    #[tokio::test]
    async fn a_database_and_its_folder_are_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("a/data");
        write_something(&data.join("mini compete.db")).await;
        assert_eq!(mode(&data), FOLDER_MODE);
    }

    #[tokio::test]
    async fn a_database_that_others_could_read_is_closed_to_them() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
        let file = data.join("mini-compete.db");
        for name in ["mini-compete.db", "jwt-secret"] {
            fs::write(data.join(name), "").unwrap();
            fs::set_permissions(data.join(name), Permissions::from_mode(0o644)).unwrap();
        }
        write_something(&file).await;
        assert_eq!(mode(&data), FOLDER_MODE);
    }

    #[tokio::test]
    async fn a_folder_that_holds_more_than_the_database_stays_open_to_others() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.path().join("of-another-program"), "").unwrap();
        write_something(&folder.path().join("mini-compete.db")).await;
        assert_eq!(mode(folder.path()), 0o755);
    }
}
