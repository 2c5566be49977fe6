//! The file of a backup: a line that names the format, a line with a manifest in JSON, the data,
//! and a checksum of it all, which a file that was cut lacks.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Take, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use domain::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The first line. A later format has another number.
const FIRST_LINE: &str = "mini-compete backup 1\n";
/// What stands before the checksum.
const END: &[u8; 8] = b"\nMCBACK\n";
/// Bytes of the end and the checksum.
const TRAILER: u64 = 8 + 32;
/// The longest manifest that is read.
const MAX_MANIFEST: u64 = 1 << 20;
const BLOCK: usize = 1 << 16;

/// What a backup contains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    /// The version of the program that made it.
    pub(crate) version: String,
    /// `sqlite` or `postgresql`.
    pub(crate) database: String,
    /// The version of SQLite, or `server_version_num` of PostgreSQL.
    pub(crate) database_version: String,
    /// The migrations of the schema.
    pub(crate) migrations: Vec<String>,
    /// When it was made, by the clock of the machine.
    pub(crate) created_at: Timestamp,
}

/// A file that is being written. It has a temporary name until it is complete, and is deleted if
/// it never is.
struct Unfinished {
    path: PathBuf,
    file: File,
}

impl Unfinished {
    fn create(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(Self { path, file })
    }

    /// Makes the file durable, and gives it its name.
    fn finish(self, name: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, name)?;
        File::open(folder(name))?.sync_all()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // An error means that it was renamed.
        let _ = fs::remove_file(&self.path);
    }
}

/// The folder of a file.
fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A temporary name in the same folder.
pub(super) fn beside(file: &Path, what: &str) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    folder(file).join(format!(".{name}.{what}.{}", std::process::id()))
}

/// Writes a file that only its owner may read, and calls `report` with the bytes so far.
///
/// # Errors
/// When reading or writing fails; there is no file then.
pub(super) fn write_private(
    name: &Path,
    data: &mut dyn Read,
    report: &mut dyn FnMut(u64),
) -> io::Result<()> {
    let mut unfinished = Unfinished::create(beside(name, "new"))?;
    copy(data, report, &mut |block| unfinished.file.write_all(block))?;
    unfinished.finish(name)
}

/// Writes a backup.
///
/// # Errors
/// As for [`write_private`].
pub(super) fn write(
    name: &Path,
    manifest: &Manifest,
    data: &mut dyn Read,
    report: &mut dyn FnMut(u64),
) -> io::Result<()> {
    let mut unfinished = Unfinished::create(beside(name, "new"))?;
    let mut hash = Sha256::new();
    let mut put = |block: &[u8]| {
        hash.update(block);
        unfinished.file.write_all(block)
    };
    let head = format!("{FIRST_LINE}{}\n", serde_json::to_string(manifest)?);
    put(head.as_bytes())?;
    copy(data, report, &mut put)?;
    put(END)?;
    unfinished.file.write_all(&hash.finalize())?;
    unfinished.finish(name)
}

/// Copies data to a stream.
///
/// # Errors
/// When reading or writing fails.
pub(super) fn copy_to(
    data: &mut dyn Read,
    stream: &mut dyn Write,
    report: &mut dyn FnMut(u64),
) -> io::Result<()> {
    copy(data, report, &mut |block| stream.write_all(block))?;
    stream.flush()
}

fn copy(
    data: &mut dyn Read,
    report: &mut dyn FnMut(u64),
    put: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let (mut block, mut bytes) = (vec![0; BLOCK], 0);
    loop {
        match data.read(&mut block)? {
            0 => return Ok(()),
            length => {
                put(&block[..length])?;
                bytes += length as u64;
                report(bytes);
            }
        }
    }
}

/// The manifest and the data of a backup, which is complete and unchanged.
///
/// # Errors
/// A sentence: it is no backup, of a newer format, cut or changed, or it cannot be read.
pub(super) fn open(name: &Path) -> Result<(Manifest, Take<File>), String> {
    let failed = |error: io::Error| format!("{}: {error}", name.display());
    let mut file = File::open(name).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let mut reader = BufReader::new(&mut file);
    let mut first = vec![0; FIRST_LINE.len()];
    let is_backup = reader.read_exact(&mut first).is_ok();
    if !is_backup || first != FIRST_LINE.as_bytes() {
        let is_other = first.starts_with(b"mini-compete backup ");
        let what = if is_other { "is of another format" } else { "is no backup" };
        return Err(format!("{} {what} of this version of mini-compete", name.display()));
    }
    let mut line = Vec::new();
    reader.take(MAX_MANIFEST).read_until(b'\n', &mut line).map_err(failed)?;
    let start = (first.len() + line.len()) as u64;
    let cut = || format!("{} is cut or damaged: its checksum is wrong", name.display());
    let end = length.checked_sub(TRAILER).filter(|end| *end >= start).ok_or_else(cut)?;

    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let mut hash = Sha256::new();
    let mut content = (&file).take(end + END.len() as u64);
    copy(&mut content, &mut |_| {}, &mut |block| {
        hash.update(block);
        Ok(())
    })
    .map_err(failed)?;
    file.seek(SeekFrom::Start(end)).map_err(failed)?;
    let mut trailer = Vec::new();
    (&file).take(TRAILER).read_to_end(&mut trailer).map_err(failed)?;
    let expected: Vec<u8> = END.iter().copied().chain(hash.finalize()).collect();
    if trailer != expected {
        return Err(cut());
    }
    let manifest = serde_json::from_slice(&line)
        .map_err(|error| format!("{}: the manifest cannot be read: {error}", name.display()))?;
    file.seek(SeekFrom::Start(start)).map_err(failed)?;
    Ok((manifest, file.take(end - start)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            version: "1.2.3".into(),
            database: "sqlite".into(),
            database_version: "3".into(),
            migrations: vec!["one".into()],
            created_at: "2026-11-23T12:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_backup_is_read_as_it_was_written_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("a.backup");
        let data: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut reported = 0;
        write(&name, &manifest(), &mut &data[..], &mut |bytes| reported = bytes).unwrap();
        assert_eq!(reported, 800_000);
        let (read, mut content) = open(&name).unwrap();
        let mut found = Vec::new();
        content.read_to_end(&mut found).unwrap();
        assert!(read == manifest() && found == data);
        assert_eq!(fs::metadata(&name).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn a_file_that_was_cut_or_changed_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("a.backup");
        write(&name, &manifest(), &mut &b"data"[..], &mut |_| {}).unwrap();
        let whole = fs::read(&name).unwrap();
        for length in 0..whole.len() {
            fs::write(&name, &whole[..length]).unwrap();
            assert!(open(&name).is_err(), "{length}");
        }
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            fs::write(&name, &changed).unwrap();
            assert!(open(&name).is_err(), "{place}");
        }
        fs::write(&name, [&*whole, b"x"].concat()).unwrap();
        assert!(open(&name).is_err());
        fs::write(&name, "mini-compete backup 2\n{}\n").unwrap();
        assert!(open(&name).unwrap_err().contains("another format"));
        fs::write(&name, "SQLite format 3").unwrap();
        assert!(open(&name).unwrap_err().contains("no backup"));
    }

    #[test]
    fn a_failed_backup_leaves_no_file() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("a.backup");
        assert!(write(&name, &manifest(), &mut Broken, &mut |_| {}).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
