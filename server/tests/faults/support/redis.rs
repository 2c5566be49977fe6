//! The Redis of a case, which it may stop, freeze and flush at any moment.

use std::process::Command;

use redis::aio::MultiplexedConnection;
use tempfile::TempDir;

use super::{Port, Process};

const READY: &str = "Ready to accept connections";

/// A Redis without persistence. It is stopped when it is dropped.
pub(crate) struct Redis {
    process: Option<Process>,
    folder: TempDir,
    port: Port,
}

impl Redis {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut redis = Self { process: None, folder, port: Port::reserve() };
        redis.restart().await;
        redis
    }

    /// Starts it again on the same port, empty.
    pub(crate) async fn restart(&mut self) {
        let mut command = Command::new("redis-server");
        command
            .args(["--bind", "127.0.0.1", "--port", &self.port.number().to_string()])
            .args(["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"])
            .args(["--logfile", "/dev/stderr", "--dir"])
            .arg(self.folder.path());
        self.process = Some(Process::start(command, READY).await);
    }

    /// Kills it.
    pub(crate) fn stop(&mut self) {
        self.process.take().expect("a running Redis").kill();
    }

    pub(crate) fn is_running(&self) -> bool {
        self.process.is_some()
    }

    /// It accepts connections, and answers nothing.
    pub(crate) fn freeze(&self) {
        self.process.as_ref().expect("a running Redis").freeze();
    }

    pub(crate) fn thaw(&self) {
        self.process.as_ref().expect("a running Redis").thaw();
    }

    /// Flushes it. Returns the number of keys that it had.
    pub(crate) async fn flush(&self) -> usize {
        let mut connection = self.connect().await;
        let mut flush = redis::pipe();
        flush.atomic().cmd("DBSIZE").cmd("FLUSHALL").ignore();
        let (keys,) = flush.query_async(&mut connection).await.expect("an empty Redis");
        keys
    }

    /// Changes a setting.
    pub(crate) async fn configure(&self, name: &str, value: &str) {
        let mut connection = self.connect().await;
        let set = redis::cmd("CONFIG").arg("SET").arg(name).arg(value).clone();
        set.exec_async(&mut connection).await.expect("a setting that Redis knows");
    }

    /// The keys that match a pattern.
    pub(crate) async fn keys(&self, pattern: &str) -> Vec<String> {
        let mut connection = self.connect().await;
        redis::cmd("KEYS").arg(pattern).query_async(&mut connection).await.expect("keys")
    }

    /// The value of a key, if there is one.
    pub(crate) async fn get(&self, key: &str) -> Option<String> {
        let mut connection = self.connect().await;
        redis::cmd("GET").arg(key).query_async(&mut connection).await.expect("a value")
    }

    pub(crate) fn url(&self) -> String {
        self.url_through(self.port())
    }

    /// Its URL by way of a proxy on `port`.
    pub(crate) fn url_through(&self, port: u16) -> String {
        format!("redis://127.0.0.1:{port}")
    }

    pub(crate) fn port(&self) -> u16 {
        self.port.number()
    }

    async fn connect(&self) -> MultiplexedConnection {
        let client = redis::Client::open(self.url()).expect("an address");
        client.get_multiplexed_async_connection().await.expect("Redis")
    }
}
