//! A Redis that speaks nothing but TLS, with the users of `docs/deploy/users.acl`.

use std::{fs, process::Command};

use redis::{Client, TlsCertificates, aio::MultiplexedConnection};
use tempfile::TempDir;

use super::{Port, Process, certificates, certificates::Certificate};

const READY: &str = "Ready to accept connections";
const USERS: &str = include_str!("../../../../docs/deploy/users.acl");
/// A password that has to be escaped in a URL.
const PASSWORD: &str = "pass/word@1";
const ESCAPED_PASSWORD: &str = "pass%2Fword%401";

/// The Redis. It is killed when it is dropped.
pub(crate) struct SecureRedis {
    _process: Process,
    _folder: TempDir,
    port: Port,
}

impl SecureRedis {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = Port::reserve();
        let Certificate { certificate, key } = Certificate::copy_to(folder.path());
        let users = folder.path().join("users.acl");
        let own = USERS.replace("PASSWORD", PASSWORD);
        let limited = own.lines().find(|line| line.starts_with("user mini_compete ")).expect("it");
        let limited = limited.replace("mini_compete", "limited").replace(" +blpop", "");
        fs::write(&users, format!("{own}{limited}\nuser admin on >{PASSWORD} ~* &* +@all\n"))
            .expect("a file");
        let mut command = Command::new("redis-server");
        command
            .args(["--bind", "127.0.0.1", certificates::OTHER_NAME, "--port", "0"])
            .args(["--tls-port", &port.number().to_string(), "--tls-auth-clients", "no"])
            .arg("--tls-cert-file")
            .arg(certificate)
            .arg("--tls-key-file")
            .arg(key)
            .args(["--tls-ca-cert-file", &certificates::authority(), "--aclfile"])
            .arg(users)
            .args(["--save", "", "--maxmemory-policy", "noeviction"])
            .args(["--logfile", "/dev/stderr", "--dir"])
            .arg(folder.path());
        Self { _process: Process::start(command, READY).await, _folder: folder, port }
    }

    /// The URL for the user of `users.acl`.
    pub(crate) fn url(&self) -> String {
        self.url_of("mini_compete", "127.0.0.1")
    }

    /// The URL for a user, at an address.
    pub(crate) fn url_of(&self, user: &str, host: &str) -> String {
        format!("rediss://{user}:{ESCAPED_PASSWORD}@{host}:{}", self.port.number())
    }

    /// Commands and keys that users were denied.
    pub(crate) async fn denied(&self) -> Vec<String> {
        let entries: Vec<redis::Value> = self.ask(redis::cmd("ACL").arg("LOG")).await;
        entries.iter().map(|entry| format!("{entry:?}")).collect()
    }

    /// The users of the connections that are open.
    pub(crate) async fn users(&self) -> Vec<String> {
        let clients: String = self.ask(redis::cmd("CLIENT").arg("LIST")).await;
        let user = |line: &str| {
            let user = line.split(' ').find_map(|word| word.strip_prefix("user="));
            user.expect("a user").to_owned()
        };
        clients.lines().map(user).filter(|user| user != "admin").collect()
    }

    /// The keys that match a pattern.
    pub(crate) async fn keys(&self, pattern: &str) -> Vec<String> {
        self.ask(redis::cmd("KEYS").arg(pattern)).await
    }

    async fn ask<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> T {
        command.query_async(&mut self.connect().await).await.expect("a reply")
    }

    async fn connect(&self) -> MultiplexedConnection {
        let authority = fs::read(certificates::authority()).expect("a file");
        let certificates = TlsCertificates { client_tls: None, root_cert: Some(authority) };
        let client = Client::build_with_tls(self.url_of("admin", "127.0.0.1"), certificates);
        let client = client.expect("an address");
        client.get_multiplexed_async_connection().await.expect("Redis")
    }
}
