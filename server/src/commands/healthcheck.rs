//! `mini-compete healthcheck`.

use std::{net::IpAddr, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time,
};

use super::{Result, output::print_json};
use crate::cli::Healthcheck;

/// The start of a response that reports health.
const HEALTHY: &str = "HTTP/1.1 200 ";
/// Bytes of a response that are read. A report has about 300.
const MAX_RESPONSE: u64 = 64 * 1024;

/// Asks the server on this machine whether it is alive, or ready: exit code 0, or an error. The
/// question whether it is alive reads neither the database nor Redis, so that a container is not
/// restarted for a fault of theirs.
pub(super) async fn run(which: Healthcheck) -> Result {
    let Healthcheck { host, port, timeout, ready, json } = which;
    let path = if ready || json { "/health/ready" } else { "/health/live" };
    let asked = ask(host, port, path);
    let response = match time::timeout(Duration::from_secs(timeout), asked).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(format!("no server answers on port {port}: {error}").into()),
        Err(_) => {
            return Err(
                format!("the server on port {port} does not answer within {timeout} s").into()
            );
        }
    };
    let report = response.split_once("\r\n\r\n").map(|(_, body)| body);
    let report: Option<Value> = report.and_then(|body| serde_json::from_str(body).ok());
    if json {
        print_json(report.as_ref().ok_or_else(|| not("ready", port, &response))?)?;
    }
    if response.starts_with(HEALTHY) {
        return Ok(());
    }
    match report.as_ref().and_then(failed) {
        Some(failed) => {
            Err(format!("the server on port {port} is not ready: {failed} failed").into())
        }
        None => Err(not(if ready { "ready" } else { "alive" }, port, &response).into()),
    }
}

/// The names of the failed checks of a report.
fn failed(report: &Value) -> Option<String> {
    let names: Vec<&str> = report["failed"].as_array()?.iter().filter_map(Value::as_str).collect();
    Some(names.join(", "))
}

fn not(state: &str, port: u16, response: &str) -> String {
    let status = response.lines().next().unwrap_or_default();
    format!("the server on port {port} is not {state}: it answers {status:?}")
}

/// The whole response to a GET.
async fn ask(host: IpAddr, port: u16, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((reachable(host), port)).await?;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut response = Vec::new();
    stream.take(MAX_RESPONSE).read_to_end(&mut response).await?;
    Ok(String::from_utf8_lossy(&response).into_owned())
}

/// An address at which a server that listens on `host` is reached from this machine.
fn reachable(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(host) if host.is_unspecified() => std::net::Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(host) if host.is_unspecified() => std::net::Ipv6Addr::LOCALHOST.into(),
        host => host,
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    const ALIVE: Healthcheck = Healthcheck {
        host: IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
        port: 0,
        timeout: 1,
        ready: false,
        json: false,
    };

    async fn check(
        which: Healthcheck,
        path: &'static str,
        answer: Option<&'static str>,
    ) -> std::result::Result<(), String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 256];
            let length = stream.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..length]);
            assert!(request.starts_with(&format!("GET {path} HTTP/1.1\r\n")), "{request}");
            match answer {
                Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
                None => std::future::pending().await,
            }
        });
        let checked = run(Healthcheck { port, ..which }).await;
        server.abort();
        checked.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn only_a_server_that_reports_that_it_lives_is_healthy() {
        let live = "/health/live";
        check(ALIVE, live, Some("HTTP/1.1 200 OK\r\n\r\n")).await.unwrap();
        let failed = check(ALIVE, live, Some("HTTP/1.1 503 Service Unavailable\r\n\r\n"));
        let failed = failed.await.unwrap_err();
        assert!(failed.contains("not alive"), "{failed}");
        let silent = check(ALIVE, live, None).await.unwrap_err();
        assert!(silent.contains("does not answer"), "{silent}");
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let refused = run(Healthcheck { port: closed.port(), ..ALIVE }).await.unwrap_err();
        assert!(refused.to_string().contains("no server answers"), "{refused}");
    }

    #[tokio::test]
    async fn a_server_that_is_not_ready_names_the_checks_that_failed() {
        let ready = Healthcheck { ready: true, ..ALIVE };
        let path = "/health/ready";
        check(ready, path, Some("HTTP/1.1 200 OK\r\n\r\n{\"status\":\"ok\"}")).await.unwrap();
        let down = "HTTP/1.1 503 Service Unavailable\r\n\r\n\
                    {\"status\":\"down\",\"failed\":[\"database\",\"queue\"]}";
        for which in [ready, Healthcheck { json: true, ..ALIVE }] {
            let failed = check(which, path, Some(down)).await.unwrap_err();
            assert!(failed.contains("is not ready: database, queue failed"), "{failed}");
        }
        let other = check(ready, path, Some("HTTP/1.1 404 Not Found\r\n\r\n")).await.unwrap_err();
        assert!(other.contains("not ready: it answers"), "{other}");
        let json = Healthcheck { json: true, ..ALIVE };
        assert!(check(json, path, Some("HTTP/1.1 200 OK\r\n\r\nhello")).await.is_err());
    }
}
