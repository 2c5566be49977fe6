//! A load balancer with its configuration of `docs/deploy/`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::net::TcpStream;

use super::{Port, wait_until};

/// How long a balancer may take to listen.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug)]
pub(crate) enum Product {
    Nginx,
    Haproxy,
    Caddy,
}

/// A running balancer. It is killed when it is dropped.
pub(crate) struct Balancer {
    process: Child,
    folder: TempDir,
    port: Port,
}

impl Balancer {
    /// Starts one in front of two servers, by their ports.
    pub(crate) async fn start(product: Product, servers: [u16; 2]) -> Self {
        let (folder, port) = (tempfile::tempdir().expect("a folder"), Port::reserve());
        let root = folder.path();
        let [one, two] = servers.map(|server| format!("127.0.0.1:{server}"));
        let own = format!("127.0.0.1:{}", port.number());
        let configure = |documented: &str, listen: &str, as_own: &str| {
            assert!(documented.contains(listen), "{listen}");
            let text = documented.replacen(listen, as_own, 1);
            let text = text.replace("127.0.0.1:3000", &one).replace("127.0.0.1:3001", &two);
            let file = root.join("configuration");
            fs::write(&file, text).expect("a file");
            file
        };
        let mut command = match product {
            Product::Nginx => {
                let documented = include_str!("../../../../docs/deploy/nginx.conf");
                // The folders that the program was compiled with belong to root.
                let own = format!("{}listen {own};", temporary_folders(root));
                let file = configure(documented, "listen 80;", &own);
                let settings = "daemon off; master_process off; error_log stderr; ";
                let mut nginx = Command::new(installed("nginx"));
                nginx.arg("-c").arg(file).arg("-p").arg(root);
                nginx.arg("-g").arg(format!("{settings}pid {}/pid;", root.display()));
                nginx
            }
            Product::Haproxy => {
                let documented = include_str!("../../../../docs/deploy/haproxy.cfg");
                let file = configure(documented, "bind :80\n", &format!("bind {own}\n"));
                let mut haproxy = Command::new(installed("haproxy"));
                haproxy.arg("-db").arg("-f").arg(file);
                haproxy
            }
            Product::Caddy => {
                let documented = include_str!("../../../../docs/deploy/Caddyfile");
                // Caddy takes an address in place of a port for the site's name.
                let own = format!("http://:{} {{\n\tbind 127.0.0.1", port.number());
                let file = configure(documented, "\n:80 {", &format!("\n{own}"));
                let mut caddy = Command::new(installed("caddy"));
                caddy.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
                caddy.env("HOME", root).env("XDG_CONFIG_HOME", root).env("XDG_DATA_HOME", root);
                caddy
            }
        };
        let log = fs::File::create(root.join("log")).expect("a file");
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        let process = process.unwrap_or_else(|error| {
            panic!("{product:?}, which `./setup.sh test` installs: {error}");
        });
        let balancer = Self { process, folder, port };
        let address = ("127.0.0.1", balancer.port.number());
        let listens = async || TcpStream::connect(address).await.is_ok();
        wait_until("the balancer listens", TIMEOUT, listens).await;
        balancer
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port.number())
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn temporary_folders(root: &Path) -> String {
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let line = |kind| format!("{kind}_temp_path {}/{kind}; ", root.display());
    kinds.map(line).concat()
}

/// Debian installs servers where only root's PATH leads.
fn installed(program: &str) -> PathBuf {
    let debian = Path::new("/usr/sbin").join(program);
    if debian.exists() { debian } else { program.into() }
}
