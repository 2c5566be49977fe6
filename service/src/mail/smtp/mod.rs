//! Sending mail by SMTP.

mod address;
mod pool;
mod refusal;
mod server;
mod session;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use domain::Timestamp;
use lettre::{
    Address, Message,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use self::{
    address::wire_address,
    pool::{Pool, Trouble},
    server::Server,
};
use crate::{infrastructure::circuit_breaker::CircuitBreaker, undelivered::Undelivered};

/// How long a failure to connect opens the circuit breaker: mail fails at once meanwhile and is
/// retried later, so that it does not keep workers from other jobs.
const OPEN_FOR: Duration = Duration::from_secs(5);

/// A mail on its way out.
#[derive(Debug)]
pub(crate) struct Letter<'a> {
    /// The same whenever it is sent again, so that a mailbox may recognize it.
    pub(crate) id: Uuid,
    pub(crate) to: &'a str,
    pub(crate) subject: &'a str,
    /// Plain text.
    pub(crate) body: &'a str,
    pub(crate) at: Timestamp,
}

/// Why mail cannot be sent as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum MailSettingsError {
    /// The address of the server is wrong.
    #[error("it must be like smtps://USER:PASSWORD@HOST or smtp://HOST:25")]
    Url,
    /// The sender is wrong.
    #[error("it must be an address like `Mini Compete <no-reply@example.com>`")]
    Sender(#[source] lettre::address::AddressError),
    /// The sender needs SMTPUTF8, which many of those who get mail from it do not take.
    #[error("what stands before the @ must be of ASCII letters: many mail servers take no others")]
    SenderNotAscii,
    /// The certificate authority is wrong.
    #[error("it holds no certificates in PEM: -----BEGIN CERTIFICATE-----")]
    Authority,
    /// The certificate authority is of no use.
    #[error(
        "SMTP_CA_FILE is of no use with an SMTP_URL without TLS: use smtps:// or ?tls=required"
    )]
    AuthorityInTheClear,
}

/// Sends mail. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Arc<Shared>);

struct Shared {
    pool: Arc<Pool>,
    from: Mailbox,
    breaker: CircuitBreaker,
}

impl fmt::Debug for Mailer {
    /// Without the address of the server, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailer(from {})", self.0.from)
    }
}

impl Mailer {
    /// Sends through the server at `url`, `smtps://USER:PASSWORD@HOST` (TLS),
    /// `smtp://HOST?tls=required` (STARTTLS) or `smtp://HOST` (in the clear), in the name of
    /// `from`. Nothing is connected to yet.
    ///
    /// # Errors
    /// When either cannot be understood.
    pub fn new(url: &str, from: &str) -> Result<Self, MailSettingsError> {
        Self::trusting(url, from, None)
    }

    /// The same, for a server whose certificate may be by an authority of `ca`, certificates in
    /// PEM.
    ///
    /// # Errors
    /// As for [`Self::new`]; when there is no certificate in `ca`, or the connection is in the clear.
    pub fn trusting(url: &str, from: &str, ca: Option<&str>) -> Result<Self, MailSettingsError> {
        let from = sender(from)?;
        let server = Server::new(url, ca, from.email.domain())?;
        Ok(Self(Arc::new(Shared {
            pool: Pool::new(server),
            from,
            breaker: CircuitBreaker::new(OPEN_FOR),
        })))
    }

    /// Sends a letter. How many are sent at once is the workers' affair.
    pub(crate) async fn send(&self, letter: &Letter<'_>) -> Result<(), Undelivered> {
        let shared = &*self.0;
        let to = wire_address(letter.to).map_err(Undelivered::refused)?;
        let message = self.message(letter, to.clone())?;
        if shared.breaker.is_open() {
            let reason = "the mail server could not be reached a moment ago".to_owned();
            return Err(Undelivered::unreachable(reason));
        }
        match shared.pool.send(message.envelope(), &message.formatted()).await {
            Ok(()) => Ok(()),
            // What happens while a mail is sent may be that mail's fault, and is no reason to keep
            // others waiting.
            Err(Trouble::Mail(failure)) => Err(Undelivered::of(failure, &[letter.to, to.as_ref()])),
            Err(Trouble::NoConnection(reason)) => {
                shared.breaker.record_failure();
                let reason = format!("the mail server could not be reached: {reason}");
                Err(Undelivered::unreachable(reason))
            }
        }
    }

    fn message(&self, letter: &Letter<'_>, to: Address) -> Result<Message, Undelivered> {
        let refused = |error| Undelivered::refused(format!("the mail cannot be written: {error}"));
        let auto = HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
            .message_id(Some(format!("<{}@{}>", letter.id, self.0.from.email.domain())))
            .date(SystemTime::from(letter.at.utc()))
            .from(self.0.from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(letter.subject))
            // Keeps answering machines from answering (RFC 3834).
            .raw_header(HeaderValue::new(auto, "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.to_owned())
            .map_err(refused)
    }
}

/// Whom mail comes from, as everybody can read it.
fn sender(text: &str) -> Result<Mailbox, MailSettingsError> {
    let from: Mailbox = text.parse().map_err(MailSettingsError::Sender)?;
    if !from.email.user().is_ascii() {
        return Err(MailSettingsError::SenderNotAscii);
    }
    let wrong = lettre::address::AddressError::InvalidDomain;
    let email = wire_address(from.email.as_ref()).map_err(|_| MailSettingsError::Sender(wrong))?;
    Ok(Mailbox::new(from.name, email))
}

/// A line for a header: a line break in it would begin another header, and what turns text around
/// would make another subject of it.
fn one_line(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let is_hidden = |c: &char| {
        matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{61C}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
    };
    text.chars().map(|c| if is_break(c) { ' ' } else { c }).filter(|c| !is_hidden(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_one_that_every_server_takes() {
        let from = sender("Bücher <info@bücher.example>").unwrap();
        assert_eq!(from.email.to_string(), "info@xn--bcher-kva.example");
        assert!(matches!(sender("жанна@example.com"), Err(MailSettingsError::SenderNotAscii)));
        assert!(matches!(sender("Mini Compete"), Err(MailSettingsError::Sender(_))));
    }

    #[test]
    fn a_subject_is_one_line_that_reads_as_it_stands() {
        assert_eq!(one_line("a\r\nBcc: b\u{2028}c"), "a  Bcc: b c");
        assert_eq!(one_line("pay\u{202E}gnp.exe\u{2066}\u{200B}\u{E0041}"), "paygnp.exe");
        assert_eq!(
            one_line("👩\u{200D}💻 می\u{200C}خواهم ❤\u{FE0F}"),
            "👩\u{200D}💻 می\u{200C}خواهم ❤\u{FE0F}"
        );
    }
}
