//! Sending mail by SMTP.

mod address;
mod body;
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
        header::{HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use self::{
    address::wire_address,
    pool::{Pool, SendError},
    refusal::undelivered,
    server::Server,
};
use super::{enclosures::Enclosures, rate::MailRate};
use crate::{error::Undelivered, infrastructure::circuit_breaker::CircuitBreaker};

/// How long a failure to connect opens the circuit breaker: mail fails at once meanwhile and is
/// retried later, so that it does not keep workers from other jobs.
const OPEN_FOR: Duration = Duration::from_secs(5);
/// How long a process sends nothing after the server has refused a mail because of a quota or its
/// load: each mail more would make the refusal last. It is less than the longest pause of a
/// postponed job.
const PAUSE: Duration = Duration::from_secs(60);

/// A mail as it is sent by SMTP.
#[derive(Debug)]
pub(crate) struct Letter<'a> {
    /// The same for each retry, so that a mailbox can detect a duplicate.
    pub(crate) id: Uuid,
    pub(crate) to: &'a str,
    pub(crate) subject: &'a str,
    /// The text part.
    pub(crate) text: &'a str,
    /// What an organizer has written in the text.
    pub(crate) markdown: Option<&'a str>,
    pub(crate) at: Timestamp,
    pub(crate) enclosures: &'a Enclosures,
}

/// Why mail cannot be sent as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum MailSettingsError {
    /// The address of the server is wrong.
    #[error("it must be like smtps://USER:PASSWORD@HOST or smtp://HOST:25")]
    Url,
    /// The address of the server has a user name and no password.
    #[error("it has a user name and no password: smtps://USER:PASSWORD@HOST")]
    Password,
    /// The sender is wrong.
    #[error("it must be an address like `Mini Compete <no-reply@example.com>`")]
    Sender(#[source] lettre::address::AddressError),
    /// The sender needs SMTPUTF8, which many mail servers of recipients do not support.
    #[error("the part before the @ must be ASCII: many mail servers accept nothing else")]
    SenderNotAscii,
    /// The certificate authority is wrong.
    #[error("it contains no certificates in PEM: -----BEGIN CERTIFICATE-----")]
    Authority,
    /// A certificate authority is given, but the connection is not encrypted.
    #[error("SMTP_CA_FILE has no effect on an SMTP_URL without TLS: use smtps:// or ?tls=required")]
    AuthorityWithoutTls,
}

/// Sends mail. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    shared: Arc<Shared>,
    rate: Option<MailRate>,
}

struct Shared {
    pool: Arc<Pool>,
    from: Mailbox,
    breaker: CircuitBreaker,
    /// Open while the server takes no more mails from us.
    pause: CircuitBreaker,
}

impl fmt::Debug for Mailer {
    /// Omits the address of the server, which may contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailer(from {})", self.shared.from)
    }
}

impl Mailer {
    /// Sends through the server at `url`, `smtps://USER:PASSWORD@HOST` (TLS),
    /// `smtp://HOST?tls=required` (STARTTLS) or `smtp://HOST` (unencrypted), from the address
    /// `from`. Opens no connection yet.
    ///
    /// # Errors
    /// When one of them is invalid.
    pub fn new(url: &str, from: &str) -> Result<Self, MailSettingsError> {
        Self::trusting(url, from, None)
    }

    /// The same, for a server whose certificate may be signed by an authority in `ca`, certificates
    /// in PEM.
    ///
    /// # Errors
    /// As for [`Self::new`]; when `ca` contains no certificate, or the connection is not encrypted.
    pub fn trusting(url: &str, from: &str, ca: Option<&str>) -> Result<Self, MailSettingsError> {
        let from = sender(from)?;
        let server = Server::new(url, ca, from.email.domain())?;
        let shared = Arc::new(Shared {
            pool: Pool::new(server),
            from,
            breaker: CircuitBreaker::new(OPEN_FOR),
            pause: CircuitBreaker::new(PAUSE),
        });
        Ok(Self { shared, rate: None })
    }

    /// The same, with a limit on the rate at which all processes together send.
    #[must_use]
    pub fn limited_to(self, rate: Option<MailRate>) -> Self {
        Self { rate, ..self }
    }

    /// The limit on the rate, if there is one.
    pub(crate) fn rate(&self) -> Option<MailRate> {
        self.rate
    }

    /// The address that mails come from.
    pub(crate) fn sender(&self) -> &str {
        self.shared.from.email.as_ref()
    }

    /// Opens a connection of its own, logs in, and closes it.
    ///
    /// # Errors
    /// The reason, when the server does not answer or refuses the login.
    pub async fn check(&self) -> Result<(), String> {
        self.shared.pool.check().await
    }

    /// Sends a mail with its text part, an HTML part, and what is enclosed. The workers limit how
    /// many are sent at the same time.
    pub(crate) async fn send(&self, letter: &Letter<'_>, html: &str) -> Result<(), Undelivered> {
        let shared = &*self.shared;
        let to = wire_address(letter.to).map_err(Undelivered::address_refused)?;
        let message = self.message(letter, html, to.clone())?;
        self.check_open()?;
        match shared.pool.send(message.envelope(), &message.formatted()).await {
            Ok(()) => {
                shared.pause.record_success();
                Ok(())
            }
            // The mail itself may be the cause: the circuit breaker stays closed for others.
            Err(SendError::Mail(failure)) => {
                let failure = undelivered(failure, &[letter.to, to.as_ref()]);
                if failure.asks_for_pause() && shared.pause.record_failure() {
                    tracing::warn!(%failure, "mail pauses: the server takes no more at the moment");
                }
                Err(failure)
            }
            Err(SendError::NoConnection(reason)) => {
                shared.breaker.record_failure();
                let reason = format!("the mail server could not be reached: {reason}");
                Err(Undelivered::unreachable(reason))
            }
        }
    }

    /// # Errors
    /// While mail would fail as it did a moment ago.
    pub(crate) fn check_open(&self) -> Result<(), Undelivered> {
        let reason = if self.shared.breaker.is_open() {
            "the mail server could not be reached a moment ago"
        } else if self.shared.pause.is_open() {
            "the mail server takes no more mails at the moment"
        } else {
            return Ok(());
        };
        Err(Undelivered::unreachable(reason.to_owned()))
    }

    fn message(
        &self,
        letter: &Letter<'_>,
        html: &str,
        to: Address,
    ) -> Result<Message, Undelivered> {
        let invalid = |error| Undelivered::rejected(format!("the mail cannot be written: {error}"));
        let auto = HeaderName::new_from_ascii_str("Auto-Submitted");
        let mut message = Message::builder();
        // An address that cannot be written to is no reason not to send the mail.
        let reply_to = letter.enclosures.reply_to.as_deref();
        if let Some(address) = reply_to.and_then(|address| wire_address(address).ok()) {
            message = message.reply_to(Mailbox::new(None, address));
        }
        let header =
            |name, value: String| HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        if let Some(page) = &letter.enclosures.unsubscribe {
            message = message.raw_header(header("List-Unsubscribe", format!("<{page}>")));
            // One click needs TLS (RFC 8058, section 3.1).
            if page.starts_with("https://") {
                let one_click = "List-Unsubscribe=One-Click".to_owned();
                message = message.raw_header(header("List-Unsubscribe-Post", one_click));
            }
        }
        message
            .message_id(Some(format!("<{}@{}>", letter.id, self.shared.from.email.domain())))
            .date(SystemTime::from(letter.at.utc()))
            .from(self.shared.from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(letter.subject))
            // Keeps automatic responders from replying (RFC 3834).
            .raw_header(HeaderValue::new(auto, "auto-generated".to_owned()))
            .multipart(body::parts(letter, html))
            .map_err(invalid)
    }
}

/// The sender, with an address that every mail server accepts.
fn sender(text: &str) -> Result<Mailbox, MailSettingsError> {
    let from: Mailbox = text.parse().map_err(MailSettingsError::Sender)?;
    if !from.email.user().is_ascii() {
        return Err(MailSettingsError::SenderNotAscii);
    }
    let wrong = lettre::address::AddressError::InvalidDomain;
    let email = wire_address(from.email.as_ref()).map_err(|_| MailSettingsError::Sender(wrong))?;
    Ok(Mailbox::new(from.name, email))
}

/// A text for a header. A line break would begin another header; characters that reorder or hide
/// text would change how the subject reads.
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
    fn a_sender_must_be_an_address_that_every_server_accepts() {
        let from = sender("Bücher <info@bücher.example>").unwrap();
        assert_eq!(from.email.to_string(), "info@xn--bcher-kva.example");
        assert!(matches!(sender("жанна@example.com"), Err(MailSettingsError::SenderNotAscii)));
        assert!(matches!(sender("Mini Compete"), Err(MailSettingsError::Sender(_))));
    }

    #[test]
    fn a_subject_is_one_line_without_hidden_characters() {
        assert_eq!(one_line("a\r\nBcc: b\u{2028}c"), "a  Bcc: b c");
        assert_eq!(one_line("pay\u{202E}gnp.exe\u{2066}\u{200B}\u{E0041}"), "paygnp.exe");
        assert_eq!(
            one_line("👩\u{200D}💻 می\u{200C}خواهم ❤\u{FE0F}"),
            "👩\u{200D}💻 می\u{200C}خواهم ❤\u{FE0F}"
        );
    }
}
