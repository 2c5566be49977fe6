//! A PostgreSQL of the case's own, which it may restart at any moment.

use std::{
    os::unix::{fs::chown, process::CommandExt},
    path::PathBuf,
    process::Command,
};

use tempfile::TempDir;

use super::{Port, Process};

const FIND_PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/find-postgres.sh");
const READY: &str = "database system is ready to accept connections";
/// What a standby says.
const READ_ONLY: &str = "database system is ready to accept read-only connections";
/// What it says after a crash, and only then.
const RECOVERING: &str = "database system was not properly shut down";
/// Sessions for four servers and eight workers, and some to look on.
const CONNECTIONS: u16 = 300;

/// A PostgreSQL that keeps what it commits: fsync is on. It is stopped and removed when it goes out of scope.
pub(crate) struct Postgres {
    // Dropped in this order: the server before its files.
    process: Process,
    cluster: Cluster,
}

/// Where a PostgreSQL is.
struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    port: Port,
}

impl Postgres {
    pub(crate) async fn start() -> Self {
        let cluster = Cluster::create();
        Self { process: cluster.start().await, cluster }
    }

    pub(crate) fn url(&self) -> String {
        self.url_through(self.port())
    }

    /// Where it is for those who reach it by way of another port.
    pub(crate) fn url_through(&self, port: u16) -> String {
        format!("postgres://postgres@127.0.0.1:{port}/postgres")
    }

    pub(crate) fn port(&self) -> u16 {
        self.cluster.port.number()
    }

    /// Shuts it down without a checkpoint or a word to its clients, and starts it again: to its data it is a crash.
    pub(crate) async fn restart_immediately(&mut self) {
        self.process.signal("QUIT");
        self.process.end().await;
        self.process = self.cluster.start().await;
        assert_eq!(self.process.said(RECOVERING), 1, "it was shut down properly");
    }
}

impl Postgres {
    /// A standby of this one, which has all that it has.
    pub(crate) async fn standby(&self) -> Self {
        let cluster = Cluster::copy_of(&self.cluster);
        Self { process: cluster.start_until(READ_ONLY).await, cluster }
    }

    /// Makes a primary of a standby.
    pub(crate) async fn promote(&self) {
        self.cluster.run("pg_ctl", &["promote", "-w"]);
    }

    /// From now on it takes no changes, and everybody stays connected: as a primary that was told
    /// to follow another.
    pub(crate) async fn demote(&self) {
        self.ask("ALTER SYSTEM SET default_transaction_read_only = on").await;
        self.ask("SELECT pg_reload_conf()").await;
    }

    /// Returns once `standby` has all that this one has.
    pub(crate) async fn is_followed_by(&self, standby: &Self) -> bool {
        let at = self.ask("SELECT pg_current_wal_lsn()::text").await;
        let reached = format!("SELECT (pg_last_wal_replay_lsn() >= '{at}')::text");
        standby.ask(&reached).await == "true"
    }

    /// What the server answers, by a program that nobody else's connections come through.
    async fn ask(&self, sql: &str) -> String {
        let mut psql = Command::new(self.cluster.programs.join("psql"));
        psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", &self.url(), "-c", sql]);
        let said = tokio::task::spawn_blocking(move || psql.output()).await.expect("a task");
        let said = said.expect("psql");
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).expect("text").trim().to_owned()
    }
}

impl Cluster {
    /// A copy that follows the original.
    fn copy_of(original: &Self) -> Self {
        let cluster = Self::empty(original.programs.clone());
        let port = original.port.number().to_string();
        let mut copy = Command::new(cluster.programs.join("pg_basebackup"));
        copy.args(["-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-R", "-X", "stream"]);
        copy.args(["-c", "fast", "--no-sync", "-D"]).arg(cluster.folder.path().join("data"));
        cluster.as_server(&mut copy);
        let made = copy.output().expect("pg_basebackup");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        cluster
    }

    fn create() -> Self {
        let found = Command::new(FIND_PROGRAMS).output().expect("find-postgres.sh");
        assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
        let programs = String::from_utf8(found.stdout).expect("a path").trim().into();
        let cluster = Self::empty(programs);
        let mut initdb = cluster.command("initdb");
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        let made = initdb.output().expect("initdb");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        cluster
    }

    fn empty(programs: PathBuf) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        if let Some((user, group)) = unprivileged() {
            chown(folder.path(), Some(user), Some(group)).expect("a folder of its own");
        }
        Self { programs, folder, port: Port::claim() }
    }

    async fn start(&self) -> Process {
        self.start_until(READY).await
    }

    async fn start_until(&self, greeting: &'static str) -> Process {
        let mut postgres = self.command("postgres");
        for setting in [
            format!("port={}", self.port.number()),
            format!("max_connections={CONNECTIONS}"),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
        ] {
            postgres.args(["-c", &setting]);
        }
        Process::start(postgres, greeting).await
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.arg("-D").arg(self.folder.path().join("data"));
        self.as_server(&mut command);
        command
    }

    fn as_server(&self, command: &mut Command) {
        command.current_dir(self.folder.path());
        if let Some((user, group)) = unprivileged() {
            command.uid(user).gid(group);
        }
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let said = self.command(program).args(arguments).output().expect(program);
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Its own children go with it this way; after a SIGKILL they would have to find out.
        self.process.quit();
    }
}

/// PostgreSQL refuses to run as root: the user and group to run it as, if that is who we are.
pub(super) fn unprivileged() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| {
        let output = Command::new("id").args(arguments).output().expect("id");
        let text = String::from_utf8(output.stdout).expect("a number");
        text.trim().parse::<u32>().expect("a number")
    };
    (id(&["-u"]) == 0).then(|| (id(&["-u", "postgres"]), id(&["-g", "postgres"])))
}
