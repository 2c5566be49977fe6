//! The mail server that mail is sent through.

use std::time::Duration;

use lettre::transport::smtp::{
    self, SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT,
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, Certificate, Tls, TlsParameters},
    extension::ClientId,
};
use percent_encoding::percent_decode_str;
use tokio::time::timeout;
use url::Url;

use super::{MailSettingsError, session::Session};

/// The time limit for connecting and logging in.
const CONNECT: Duration = Duration::from_secs(30);

/// The address of the mail server, and how to connect to it.
pub(super) struct Server {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    hello: ClientId,
}

impl Server {
    /// The server at `url`. Trusts Mozilla's authorities and those in `ca`, certificates in PEM.
    /// EHLO gives our name as `hello`.
    pub(super) fn new(url: &str, ca: Option<&str>, hello: &str) -> Result<Self, MailSettingsError> {
        let url = Url::parse(url).map_err(|_| MailSettingsError::Url)?;
        let host = host(&url).ok_or(MailSettingsError::Url)?;
        let parameters = || tls_parameters(&host, ca);
        // The whole query is compared: a misspelt `tls` must not mean no encryption.
        let (tls, port) = match (url.scheme(), url.query()) {
            ("smtp", None) => (Tls::None, SMTP_PORT),
            ("smtp", Some("tls=required")) => (Tls::Required(parameters()?), SUBMISSION_PORT),
            ("smtps", None) => (Tls::Wrapper(parameters()?), SUBMISSIONS_PORT),
            _ => return Err(MailSettingsError::Url),
        };
        if ca.is_some() && matches!(tls, Tls::None) {
            return Err(MailSettingsError::AuthorityWithoutTls);
        }
        let credentials = match url.password() {
            None if url.username().is_empty() => None,
            None => return Err(MailSettingsError::Password),
            Some(password) => Some(Credentials::new(decoded(url.username())?, decoded(password)?)),
        };
        let port = url.port().unwrap_or(port);
        Ok(Self { host, port, tls, credentials, hello: ClientId::Domain(hello.to_owned()) })
    }

    /// A connection that is logged in.
    ///
    /// # Errors
    /// The reason as a text. It concerns no single mail.
    pub(super) async fn connect(&self) -> Result<Session, String> {
        match timeout(CONNECT, self.try_connect()).await {
            Ok(Ok(connection)) => Ok(Session::new(connection)),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no answer within {} s", CONNECT.as_secs())),
        }
    }

    async fn try_connect(&self) -> Result<AsyncSmtpConnection, smtp::Error> {
        let wrapper = match &self.tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let address = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT), &self.hello, wrapper, None)
                .await?;
        if let Tls::Required(parameters) = &self.tls {
            connection.starttls(parameters.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// The host in ASCII; an IPv6 address without its brackets.
fn host(url: &Url) -> Option<String> {
    let host = percent_decode_str(url.host_str()?).decode_utf8().ok()?;
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return Some(address.to_owned());
    }
    idna::domain_to_ascii(&host).ok().filter(|host| !host.is_empty())
}

fn decoded(text: &str) -> Result<String, MailSettingsError> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| MailSettingsError::Url)?;
    Ok(decoded.into_owned())
}

/// Mozilla's authorities, and those in `ca`.
fn tls_parameters(host: &str, ca: Option<&str>) -> Result<TlsParameters, MailSettingsError> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(ca) = ca {
        let wrong = |_| MailSettingsError::Authority;
        let certificates = Certificate::from_pem(ca.as_bytes()).map_err(wrong)?;
        // `from_pem` accepts a text without certificates.
        if !ca.contains("-----BEGIN CERTIFICATE-----") {
            return Err(MailSettingsError::Authority);
        }
        parameters = parameters.add_root_certificate(certificates);
    }
    parameters.build_rustls().map_err(|_| MailSettingsError::Authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Server {
        Server::new(url, None, "site.example").unwrap_or_else(|_| panic!("{url}"))
    }

    #[test]
    fn a_url_names_host_port_and_credentials() {
        for (url, host, port) in [
            ("smtp://localhost", "localhost", 25),
            ("smtp://a.example:2525", "a.example", 2525),
            ("smtp://a.example?tls=required", "a.example", 587),
            ("smtps://a.example", "a.example", 465),
            ("smtp://[::1]:2525", "::1", 2525),
            ("smtp://mail_relay:25", "mail_relay", 25),
            ("smtp://bücher.example", "xn--bcher-kva.example", 25),
        ] {
            let server = server(url);
            assert_eq!((&*server.host, server.port), (host, port), "{url}");
        }
        let credentials = server("smtps://me%40a.example:p%C3%A4ss%2F@a.example").credentials;
        let expected = Credentials::new("me@a.example".to_owned(), "päss/".to_owned());
        assert!(credentials == Some(expected));
        assert!(server("smtps://a.example").credentials.is_none());
    }

    #[test]
    fn a_url_with_an_unknown_parameter_or_half_of_the_credentials_is_refused() {
        for bad in [
            "smtp://a.example?tsl=required",
            "smtp://a.example?TLS=required",
            "smtp://a.example?tls=required&tls=none",
            "smtp://a.example?tls=opportunistic",
            "smtps://a.example?tls=none",
        ] {
            let made = Server::new(bad, None, "site.example");
            assert!(matches!(made, Err(MailSettingsError::Url)), "{bad}");
        }
        let made = Server::new("smtps://me@a.example", None, "site.example");
        assert!(matches!(made, Err(MailSettingsError::Password)));
    }

    #[test]
    fn an_authority_needs_a_certificate_and_an_encrypted_connection() {
        for bad in [
            "",
            "no certificate",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n",
        ] {
            let made = Server::new("smtps://a.example", Some(bad), "site.example");
            assert!(matches!(made, Err(MailSettingsError::Authority)), "{bad}");
        }
        let pem = include_str!("../../../tests/it/certificates/authority.pem");
        assert!(Server::new("smtps://a.example", Some(pem), "site.example").is_ok());
        assert!(Server::new("smtp://a.example?tls=required", Some(pem), "site.example").is_ok());
        let clear = Server::new("smtp://a.example", Some(pem), "site.example");
        assert!(matches!(clear, Err(MailSettingsError::AuthorityWithoutTls)));
    }
}
