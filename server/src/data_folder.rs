//! The data folder, where the secret that signs tokens is stored unless it is configured.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use service::{create_private_folder, make_private};

const SECRET_FILE: &str = "jwt-secret";
/// As long as the hash that it keys.
const SECRET_BYTES: usize = 32;

/// The folder of the SQLite file; `data` for databases elsewhere.
pub(crate) fn of(database_url: &str) -> PathBuf {
    service::sqlite_folder(database_url).unwrap_or_else(|| PathBuf::from("data"))
}

/// The file of the secret.
pub(crate) fn secret_file(database_url: &str) -> PathBuf {
    of(database_url).join(SECRET_FILE)
}

/// The secret stored in `folder`, which the first call generates.
///
/// # Errors
/// When the file cannot be read or written, or the system has no randomness.
pub(crate) fn secret(folder: &Path) -> io::Result<String> {
    create_private_folder(folder)?;
    let path = folder.join(SECRET_FILE);
    // Several processes may start at once. The hard link makes the file appear complete, and fails
    // for all but the first of them.
    let temporary = folder.join(format!("{SECRET_FILE}.{}", std::process::id()));
    if !path.exists() {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)?;
        file.write_all(new_secret()?.as_bytes())?;
        file.sync_all()?;
        let linked = fs::hard_link(&temporary, &path);
        fs::remove_file(&temporary)?;
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    make_private(&path)?;
    Ok(fs::read_to_string(path)?.trim().to_owned())
}

fn new_secret() -> io::Result<String> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_generated_once_and_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("data");
        let first = secret(&folder).unwrap();
        assert_eq!(first.len(), 64);
        assert_eq!(secret(&folder).unwrap(), first);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let file = folder.join(SECRET_FILE);
        assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(secret(&folder).unwrap(), first);
        assert_eq!(mode(&file), 0o600, "the permissions of an existing secret are restricted");
    }
}
