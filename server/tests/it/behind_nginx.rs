//! Event streams behind nginx with its default settings, by which it buffers responses, sends
//! HTTP/1.0 and closes connections.

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use server::{HttpLimits, TrustedProxies, serve};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};

use crate::support::App;

/// Far longer than anything here takes.
const TIMEOUT: Duration = Duration::from_secs(60);

/// An nginx with its own folder. It is killed when it is dropped.
struct Nginx {
    process: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Nginx {
    /// Starts it in front of `upstream`, with default settings.
    async fn before(upstream: SocketAddr) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().display();
        let free = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {root}/{kind};"))
            .collect();
        let settings = format!(
            "daemon off; master_process off; pid {root}/pid; error_log {root}/error.log;
             events {{}}
             http {{
                 access_log off; {temporary}
                 server {{ listen {address}; location / {{ proxy_pass http://{upstream}; }} }}
             }}"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, settings).expect("a file");
        let process = Command::new(program())
            .arg("-c")
            .arg(&file)
            .args(["-p", &root.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx, which `./setup.sh test` installs");
        let nginx = Self { process, address, _folder: folder };
        let until_it_listens = async {
            while TcpStream::connect(address).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(TIMEOUT, until_it_listens).await.expect("nginx listens");
        nginx
    }
}

/// Debian installs it where only root's PATH leads.
fn program() -> PathBuf {
    let debian = PathBuf::from("/usr/sbin/nginx");
    if debian.exists() { debian } else { "nginx".into() }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads until `text` is received.
async fn read_until(stream: &mut TcpStream, received: &mut String, text: &str) {
    let mut part = [0; 4_096];
    while !received.contains(text) {
        let read = timeout(TIMEOUT, stream.read(&mut part)).await;
        let read = read.unwrap_or_else(|_| panic!("{text} was not received: {received}"));
        let read = read.expect("a connection");
        assert!(read > 0, "the stream was cut after {received}");
        received.push_str(&String::from_utf8_lossy(&part[..read]));
    }
}

#[tokio::test]
async fn events_pass_nginx_without_buffering() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).seats(3).create().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = listener.local_addr().unwrap();
    let (router, limits) = (app.router.clone(), HttpLimits::default());
    tokio::spawn(serve(listener, router, limits, TrustedProxies::default(), app.stop.clone()));
    let nginx = Nginx::before(upstream).await;
    let mut stream = TcpStream::connect(nginx.address).await.unwrap();
    let request = format!("GET /api/competitions/{id}/events HTTP/1.1\r\nHost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut received = String::new();
    read_until(&mut stream, &mut received, "\"seatsLeft\":3").await;
    app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    read_until(&mut stream, &mut received, "\"seatsLeft\":2").await;
}
