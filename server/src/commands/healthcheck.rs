//! `mini-compete healthcheck`.

use std::{net::IpAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time,
};

use super::Result;

/// The start of a response that reports health.
const HEALTHY: &[u8] = b"HTTP/1.1 200 ";

/// Asks the server on this machine whether it is alive: exit code 0, or an error. It reads neither
/// the database nor Redis, so that a container is not restarted for a fault of theirs.
pub(super) async fn run(host: IpAddr, port: u16, timeout: Duration) -> Result {
    let address = (reachable(host), port);
    let request =
        format!("GET /health/live HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut status = vec![0; HEALTHY.len()];
        stream.read_exact(&mut status).await?;
        Ok::<_, std::io::Error>(status)
    };
    match time::timeout(timeout, ask).await {
        Ok(Ok(status)) if status == HEALTHY => Ok(()),
        Ok(Ok(status)) => {
            let status = String::from_utf8_lossy(&status).into_owned();
            Err(format!("the server on port {port} is not alive: it answers {status:?}").into())
        }
        Ok(Err(error)) => Err(format!("no server answers on port {port}: {error}").into()),
        Err(_) => {
            Err(format!("the server on port {port} does not answer within {} s", timeout.as_secs())
                .into())
        }
    }
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

    async fn check(answer: Option<&'static str>) -> std::result::Result<(), String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 16];
            stream.read_exact(&mut request).await.unwrap();
            assert_eq!(&request, b"GET /health/live");
            match answer {
                Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
                None => std::future::pending().await,
            }
        });
        let host = "0.0.0.0".parse().unwrap();
        let checked = run(host, port, Duration::from_millis(300)).await;
        server.abort();
        checked.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn only_a_server_that_reports_that_it_lives_is_healthy() {
        check(Some("HTTP/1.1 200 OK\r\n\r\n")).await.unwrap();
        let failed = check(Some("HTTP/1.1 503 Service Unavailable\r\n\r\n")).await.unwrap_err();
        assert!(failed.contains("not alive"), "{failed}");
        let silent = check(None).await.unwrap_err();
        assert!(silent.contains("does not answer"), "{silent}");
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let timeout = Duration::from_secs(1);
        let refused = run(closed.ip(), closed.port(), timeout).await.unwrap_err().to_string();
        assert!(refused.contains("no server answers"), "{refused}");
    }
}
