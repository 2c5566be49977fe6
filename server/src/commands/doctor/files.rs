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
    look_on(installation, server, file_system)
}

/// `file_system` is the type of the file system of a folder.
fn look_on(
    installation: &InstallationOptions,
    server: &ServerOptions,
    file_system: impl Fn(&Path) -> Option<u32>,
) -> Vec<Finding> {
    let url = &installation.database.database_url;
    let mut private = vec![PathBuf::from(".env")];
    let mut findings = Vec::new();
    if let Some(file) = service::sqlite_file(url) {
        let folder = data_folder::of(url);
        findings.extend(file_system(&folder).map(|kind| network_share(&folder, kind)));
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

/// The number that `statfs` gives the file system of a folder; `None` if there is no folder.
fn file_system(folder: &Path) -> Option<u32> {
    u32::try_from(statfs(folder).ok()?.f_type).ok()
}

/// Whether a SQLite file is on another machine.
fn network_share(folder: &Path, kind: u32) -> Finding {
    let check = "files.network_share";
    match NETWORK.iter().find(|(number, _)| *number == kind) {
        None => Finding::ok(check, format!("{} is on a local disk", folder.display())),
        Some((_, name)) => Finding::error(
            check,
            format!("{} is on a network share ({name})", folder.display()),
            "SQLite's locks do not hold there: move the file to a local disk, or use PostgreSQL.",
        ),
    }
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
    use clap::Parser;
    use service::diagnostics::Severity;

    use super::*;
    use crate::cli::{Cli, Command};

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

    /// What is found about a SQLite file in `folder` on a file system of this type.
    fn on_share(folder: &Path, kind: impl Fn(&Path) -> Option<u32>) -> Option<Finding> {
        let url = format!("sqlite://{}/mini-compete.db", folder.display());
        let cli = Cli::try_parse_from(["mini-compete", "--database-url", &url, "doctor"]);
        let Ok(Cli { installation, command: Command::Doctor(doctor), .. }) = cli else {
            panic!("the options of doctor");
        };
        let found = look_on(&installation, &doctor.server, kind);
        found.into_iter().find(|finding| finding.check == "files.network_share")
    }

    #[test]
    fn a_database_file_on_a_network_share_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        for (kind, name) in NETWORK {
            let found = on_share(folder.path(), |asked| {
                assert_eq!(asked, folder.path());
                Some(kind)
            });
            let found = found.unwrap();
            assert_eq!(found.severity, Severity::Error, "{name}");
            assert!(found.found.contains(name), "{found:?}");
        }
        // ext4, and the file system of this machine's temporary files.
        for kind in [Some(0xef53), file_system(folder.path())] {
            let found = on_share(folder.path(), |_| kind).unwrap();
            assert_eq!(found.severity, Severity::Ok, "{found:?}");
        }
        let none = folder.path().join("none");
        assert!(on_share(&none, file_system).is_none());
    }
}
