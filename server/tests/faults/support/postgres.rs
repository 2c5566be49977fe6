//! The PostgreSQL of a case, which it may restart at any moment.

use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::PathBuf,
    process::Command,
};

use tempfile::TempDir;

use super::{
    Port, Process,
    certificates::{self, Certificate},
};

const FIND_PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/find-postgres.sh");
const READY: &str = "database system is ready to accept connections";
/// The log line of a standby.
const READ_ONLY: &str = "database system is ready to accept read-only connections";
/// The log line after a crash, and only then.
const RECOVERING: &str = "database system was not properly shut down";
/// Enough for four servers, eight workers and the test itself.
const CONNECTIONS: u16 = 300;

/// A durable PostgreSQL: fsync is on. It is stopped and removed when it is dropped.
pub(crate) struct Postgres {
    // Dropped in this order: the server before its files.
    process: Process,
    cluster: Cluster,
}

/// The programs, data and port of a PostgreSQL.
struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    port: Port,
    /// Its certificate, if it speaks TLS.
    certificate: Option<Certificate>,
}

impl Postgres {
    pub(crate) async fn start() -> Self {
        let cluster = Cluster::create();
        Self { process: cluster.start().await, cluster }
    }

    /// One that speaks nothing but TLS.
    pub(crate) async fn start_with_tls() -> Self {
        let mut cluster = Cluster::create();
        let data = cluster.folder.path().join("data");
        cluster.certificate = Some(Certificate::copy_to(&data));
        fs::write(data.join("pg_hba.conf"), "hostssl all all 127.0.0.0/8 trust\n").expect("a file");
        Self { process: cluster.start().await, cluster }
    }

    pub(crate) fn url(&self) -> String {
        self.url_through(self.port())
    }

    /// Its URL at an address, with parameters.
    pub(crate) fn url_at(&self, host: &str, parameters: &str) -> String {
        format!("postgres://postgres@{host}:{}/postgres?{parameters}", self.port())
    }

    /// Its URL by way of a proxy on `port`.
    pub(crate) fn url_through(&self, port: u16) -> String {
        format!("postgres://postgres@127.0.0.1:{port}/postgres")
    }

    pub(crate) fn port(&self) -> u16 {
        self.cluster.port.number()
    }

    /// Shuts it down without a checkpoint, which its data survives like a crash, and starts it
    /// again.
    pub(crate) async fn restart_immediately(&mut self) {
        self.process.signal("QUIT");
        self.process.end().await;
        self.process = self.cluster.start().await;
        assert_eq!(self.process.log_lines_with(RECOVERING), 1, "it was shut down properly");
    }
}

impl Postgres {
    /// A streaming standby of this server.
    pub(crate) async fn standby(&self) -> Self {
        let cluster = Cluster::copy_of(&self.cluster);
        Self { process: cluster.start_until(READ_ONLY).await, cluster }
    }

    /// Promotes this standby to a primary.
    pub(crate) async fn promote(&self) {
        self.cluster.run("pg_ctl", &["promote", "-w"]);
    }

    /// Makes every COMMIT wait until a standby has it.
    pub(crate) async fn wait_for_standbys(&self) {
        self.query("ALTER SYSTEM SET synchronous_standby_names = '*'").await;
        self.query("SELECT pg_reload_conf()").await;
    }

    /// SIGKILL, after which it stays away.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Makes it read-only while clients stay connected, like a primary that was demoted.
    pub(crate) async fn demote(&self) {
        self.query("ALTER SYSTEM SET default_transaction_read_only = on").await;
        self.query("SELECT pg_reload_conf()").await;
    }

    /// Whether `standby` has replayed everything up to now.
    pub(crate) async fn has_been_replicated_to(&self, standby: &Self) -> bool {
        let at = self.query("SELECT pg_current_wal_lsn()::text").await;
        let reached = format!("SELECT (pg_last_wal_replay_lsn() >= '{at}')::text");
        standby.query(&reached).await == "true"
    }

    /// Runs SQL by psql, over a direct connection. Returns the output.
    async fn query(&self, sql: &str) -> String {
        let mut psql = Command::new(self.cluster.programs.join("psql"));
        psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", &self.url(), "-c", sql]);
        let output = tokio::task::spawn_blocking(move || psql.output()).await.expect("a task");
        let output = output.expect("psql");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }
}

impl Cluster {
    /// A base backup that streams from the original.
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
        Self { programs, folder, port: Port::reserve(), certificate: None }
    }

    async fn start(&self) -> Process {
        self.start_until(READY).await
    }

    async fn start_until(&self, greeting: &'static str) -> Process {
        let mut postgres = self.command("postgres");
        for setting in [
            format!("port={}", self.port.number()),
            format!("max_connections={CONNECTIONS}"),
            format!("listen_addresses=127.0.0.1,{}", certificates::OTHER_NAME),
            "unix_socket_directories=".to_owned(),
        ] {
            postgres.args(["-c", &setting]);
        }
        if let Some(Certificate { certificate, key }) = &self.certificate {
            for setting in [
                "ssl=on".to_owned(),
                format!("ssl_cert_file={}", certificate.display()),
                format!("ssl_key_file={}", key.display()),
            ] {
                postgres.args(["-c", &setting]);
            }
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
        let output = self.command(program).args(arguments).output().expect(program);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGQUIT ends its child processes too, which would notice a SIGKILL only later.
        self.process.quit();
    }
}

/// The user and group to run PostgreSQL as if this process is root, which PostgreSQL rejects.
pub(super) fn unprivileged() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| {
        let output = Command::new("id").args(arguments).output().expect("id");
        let text = String::from_utf8(output.stdout).expect("a number");
        text.trim().parse::<u32>().expect("a number")
    };
    (id(&["-u"]) == 0).then(|| (id(&["-u", "postgres"]), id(&["-g", "postgres"])))
}
