//! A PgBouncer in front of the case's PostgreSQL.

use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::Path,
    process::Command,
};

use tempfile::TempDir;

use super::{Port, Process, postgres::unprivileged};

const READY: &str = "process up";

/// A PgBouncer in its usual configuration, which ignores unknown start-up options. It is killed
/// when it is dropped.
pub(crate) struct Pooler {
    _process: Process,
    _folder: TempDir,
    port: Port,
}

impl Pooler {
    /// Starts one whose `pool_mode` is `session`, `transaction` or `statement`.
    pub(crate) async fn start(postgres: u16, mode: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = Port::reserve();
        let file = folder.path().join("pgbouncer.ini");
        // `auth_type = any` logs in as the user that the database's line names.
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={postgres} user=postgres\n\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\nunix_socket_dir =\n\
             auth_type = any\npool_mode = {mode}\ndefault_pool_size = 60\n\
             max_client_conn = 300\nignore_startup_parameters = extra_float_digits,options\n",
            port.number(),
        );
        fs::write(&file, settings).expect("a file");
        // Debian installs it where only root's PATH leads.
        let debian = Path::new("/usr/sbin/pgbouncer");
        let program = if debian.exists() { debian } else { Path::new("pgbouncer") };
        let mut command = Command::new(program);
        command.arg(&file).current_dir(folder.path());
        if let Some((user, group)) = unprivileged() {
            chown(folder.path(), Some(user), Some(group)).expect("a folder of its own");
            chown(&file, Some(user), Some(group)).expect("a file of its own");
            command.uid(user).gid(group);
        }
        Self { _process: Process::start(command, READY).await, _folder: folder, port }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port.number()
    }
}
