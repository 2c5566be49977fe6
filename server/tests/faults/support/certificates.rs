//! The certificates of servers that speak TLS: one of a private authority, for `localhost` and
//! `127.0.0.1`.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
};

use super::postgres::unprivileged;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../service/tests/it/certificates");
/// An address of this machine that the certificate does not contain.
pub(crate) const OTHER_NAME: &str = "127.0.0.2";

/// The file of the authority that has signed the certificate.
pub(crate) fn authority() -> String {
    format!("{FOLDER}/authority.pem")
}

/// The file of an authority that has not.
pub(crate) fn other_authority() -> String {
    format!("{FOLDER}/other-authority.pem")
}

/// The certificate and the key of a server, in its folder.
pub(super) struct Certificate {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

impl Certificate {
    /// Copies them to `folder`, for the user that servers run as.
    pub(super) fn copy_to(folder: &Path) -> Self {
        let copy = |name: &str| {
            let file = folder.join(name);
            fs::copy(Path::new(FOLDER).join(name), &file).expect("a file");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a private file");
            if let Some((user, group)) = unprivileged() {
                chown(&file, Some(user), Some(group)).expect("a file of its own");
            }
            file
        };
        Self { certificate: copy("server.pem"), key: copy("server.key") }
    }
}
