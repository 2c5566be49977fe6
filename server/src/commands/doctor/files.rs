//! Files: who may read them, where they are, and whether they are there.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rustix::fs::statfs;
use service::diagnostics::Finding;

use crate::{
    data_folder,
    options::{InstallationOptions, ServerOptions},
    site,
};

/// What others may do with a file.
const OTHERS: u32 = 0o077;
/// File systems of other machines, by the number that `statfs` gives them.
const NETWORK: [(u32, &str); 7] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB2"),
    (0x0102_1997, "9p"),
    (0x00c3_6400, "Ceph"),
    (0x6573_5546, "FUSE"),
];

pub(super) fn look(installation: &InstallationOptions, server: &ServerOptions) -> Vec<Finding> {
    let url = &installation.database.database_url;
    let mut private = vec![PathBuf::from(".env")];
    let mut findings = Vec::new();
    if let Some(file) = service::sqlite_file(url) {
        let folder = data_folder::of(url);
        findings.extend(network_share(&folder));
        private.push(file);
    }
    let secret = data_folder::secret_file(url);
    if server.jwt_secret.is_none() {
        private.push(secret);
    }
    findings.extend(private.iter().filter_map(|file| permissions(file)));
    findings.push(site_files(server.site_root.as_deref()));
    findings
}

/// Whether others may read a file; `None` if it does not exist.
fn permissions(file: &Path) -> Option<Finding> {
    let check = "files.permissions";
    let mode = match fs::metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => {
            let found = format!("{}: {error}", file.display());
            let advice = "Let the user who runs mini-compete own the file.";
            return Some(Finding::error(check, found, advice));
        }
        Ok(found) => found.permissions().mode() & 0o777,
    };
    let found = format!("{} has the mode {mode:03o}", file.display());
    Some(if mode & OTHERS == 0 {
        Finding::ok(check, found)
    } else {
        let advice = format!("chmod 600 {}", file.display());
        Finding::warning(check, found, advice)
    })
}

/// Whether a SQLite file is on another machine; `None` if its folder does not exist.
fn network_share(folder: &Path) -> Option<Finding> {
    let check = "files.network_share";
    let kind = u32::try_from(statfs(folder).ok()?.f_type).ok()?;
    Some(match NETWORK.iter().find(|(number, _)| *number == kind) {
        None => Finding::ok(check, format!("{} is on a local disk", folder.display())),
        Some((_, name)) => Finding::error(
            check,
            format!("{} is on a network share ({name})", folder.display()),
            "SQLite's locks do not hold there: move the file to a local disk, or use PostgreSQL.",
        ),
    })
}

fn site_files(chosen: Option<&Path>) -> Finding {
    let check = "files.site";
    let advice = "Build the site with `make build`, keep the folder `site` beside the program, or \
                  set SITE_ROOT.";
    let root = match site::find(chosen) {
        Ok(root) => root,
        Err(error) => return Finding::error(check, error.to_string(), advice),
    };
    let ends: Vec<String> = fs::read_dir(root.join("pkg"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let missing: Vec<_> = [".js", ".wasm", ".css"]
        .into_iter()
        .filter(|end| !ends.iter().any(|name| name.ends_with(end)))
        .collect();
    if missing.is_empty() {
        Finding::ok(check, root.display().to_string())
    } else {
        let found = format!("{} has no {} in pkg", root.display(), missing.join(", "));
        Finding::error(check, found, advice)
    }
}

#[cfg(test)]
mod tests {
    use service::diagnostics::Severity;

    use super::*;

    #[test]
    fn a_file_that_others_may_read_is_a_warning() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        assert!(permissions(&file).is_none());
        fs::write(&file, "").unwrap();
        for (mode, expected) in [(0o600, Severity::Ok), (0o640, Severity::Warning)] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(permissions(&file).unwrap().severity, expected, "{mode:o}");
        }
    }

    #[test]
    fn a_site_without_its_files_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(site_files(Some(folder.path())).severity, Severity::Error);
        fs::create_dir(folder.path().join("pkg")).unwrap();
        for name in ["a.js", "a.wasm", "a.css"] {
            fs::write(folder.path().join("pkg").join(name), "").unwrap();
        }
        assert_eq!(site_files(Some(folder.path())).severity, Severity::Ok);
    }

    #[test]
    fn a_local_folder_is_no_network_share() {
        let folder = tempfile::tempdir().unwrap();
        let found = network_share(folder.path()).unwrap();
        assert_eq!(found.check, "files.network_share");
        assert!(network_share(Path::new("/nowhere")).is_none());
    }
}
