//! A mail server that speaks TLS, with a certificate of a private authority
//! (`certificates/make.sh`).

use std::{io, sync::Arc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use crate::sink::{Manners, Sink};

/// The private authority.
pub(crate) const AUTHORITY: &str = include_str!("certificates/authority.pem");

/// TLS from the first byte.
pub(crate) async fn smtps() -> Sink {
    let acceptor = acceptor();
    let accept = move |stream| {
        let acceptor = acceptor.clone();
        async move { acceptor.accept(stream).await }
    };
    Sink::behind(Manners::default(), true, accept).await
}

/// TLS after `STARTTLS`, and no mail without.
pub(crate) async fn starttls() -> Sink {
    let acceptor = acceptor();
    let accept = move |mut stream| {
        let acceptor = acceptor.clone();
        async move {
            ask_for_tls(&mut stream).await?;
            acceptor.accept(stream).await
        }
    };
    Sink::behind(Manners::default(), false, accept).await
}

async fn ask_for_tls(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(b"220 sink\r\n").await?;
    while !line(stream).await?.starts_with("STARTTLS") {
        stream.write_all(b"250-sink\r\n250 STARTTLS\r\n").await?;
    }
    stream.write_all(b"220 go on\r\n").await
}

/// One line, and not a byte of what comes after it.
async fn line(stream: &mut TcpStream) -> io::Result<String> {
    let mut line = String::new();
    while !line.ends_with('\n') {
        line.push(char::from(stream.read_u8().await?));
    }
    Ok(line)
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("certificates/server.pem"));
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("certificates/server.key"));
    let config = ServerConfig::builder_with_provider(Arc::new(
        tokio_rustls::rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_single_cert(vec![certificate.unwrap()], key.unwrap())
    .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
