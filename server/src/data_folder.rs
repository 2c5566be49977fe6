//! What is kept beside the database when nobody configured it.

use std::{
    fmt::Write as _,
    fs, io,
    io::Write as _,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use service::{create_private_folder, make_private};

/// The secret's file.
const SECRET_FILE: &str = "jwt-secret";
/// As long as the hash it keys.
const SECRET_BYTES: usize = 32;

/// The folder of the SQLite file; `data` for databases elsewhere.
pub(crate) fn of(database_url: &str) -> PathBuf {
    service::sqlite_folder(database_url).unwrap_or_else(|| PathBuf::from("data"))
}

/// The secret kept in `folder`; made on the first call.
///
/// # Errors
/// When the file cannot be read or written, or the system has no randomness.
pub(crate) fn secret(folder: &Path) -> io::Result<String> {
    create_private_folder(folder)?;
    let path = folder.join(SECRET_FILE);
    // Of several processes that start at once, one creates the file, and it is there whole or not at all.
    let own = folder.join(format!("{SECRET_FILE}.{}", std::process::id()));
    if !path.exists() {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&own)?;
        file.write_all(new_secret()?.as_bytes())?;
        file.sync_all()?;
        let linked = fs::hard_link(&own, &path);
        fs::remove_file(&own)?;
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
    let mut text = String::with_capacity(2 * SECRET_BYTES);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_made_once_and_for_the_owner_only() {
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
        assert_eq!(mode(&file), 0o600, "a secret that others could read is closed to them");
    }
}
