//! Sending mail by SMTP.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use domain::Timestamp;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{self, extension::ClientId},
};
use tokio::{sync::Semaphore, time::Instant};
use uuid::Uuid;

/// Mails sent at the same time by one process, each over a connection of its own.
const AT_ONCE: usize = 8;
/// How long the mail server may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How long a mail server that cannot be reached is left alone: what waits behind it is tried later, and does not
/// keep a worker from other jobs.
const PAUSE: Duration = Duration::from_secs(5);
/// Replies (RFC 4954) that find fault with our credentials, not with the mail: it can go once they are right.
const NOT_THE_MAILS_FAULT: [u16; 4] = [530, 534, 535, 538];

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

/// Why a mail was not sent. It names no address.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Undelivered {
    reason: String,
    /// Whether it is of no use to try again.
    pub(crate) is_final: bool,
}

impl Undelivered {
    /// Of a process that does not send mail, unlike the one that wanted it sent.
    pub(crate) fn not_configured() -> Self {
        Self { reason: "SMTP_URL is not set for this process".to_owned(), is_final: false }
    }
}

/// Why mail cannot be sent as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum MailSettingsError {
    /// The address of the server is wrong.
    #[error("it must be like smtps://USER:PASSWORD@HOST or smtp://HOST:25")]
    Url(#[source] smtp::Error),
    /// The sender is wrong.
    #[error("it must be an address like `Mini Compete <no-reply@example.com>`")]
    Sender(#[source] lettre::address::AddressError),
}

/// Sends mail. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Arc<Shared>);

struct Shared {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    turns: Semaphore,
    unreachable_until: Mutex<Option<Instant>>,
}

impl fmt::Debug for Mailer {
    /// Without the address of the server, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailer(from {})", self.0.from)
    }
}

impl Mailer {
    /// Sends through the server at `url`, `smtps://USER:PASSWORD@HOST` (TLS), `smtp://HOST?tls=required` (STARTTLS) or
    /// `smtp://HOST` (in the clear), in the name of `from`. Nothing is connected to yet.
    ///
    /// # Errors
    /// When either cannot be understood.
    pub fn new(url: &str, from: &str) -> Result<Self, MailSettingsError> {
        let from: Mailbox = from.parse().map_err(MailSettingsError::Sender)?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(MailSettingsError::Url)?
            .hello_name(ClientId::Domain(from.email.domain().to_owned()))
            .timeout(Some(TIMEOUT))
            .build();
        let turns = Semaphore::new(AT_ONCE);
        let unreachable_until = Mutex::default();
        Ok(Self(Arc::new(Shared { transport, from, turns, unreachable_until })))
    }

    /// Sends a letter, when it is its turn.
    pub(crate) async fn send(&self, letter: &Letter<'_>) -> Result<(), Undelivered> {
        let message = self.message(letter)?;
        let _turn = self.0.turns.acquire().await.expect("the semaphore is never closed");
        if self.0.is_unreachable() {
            let reason = "the mail server could not be reached a moment ago".to_owned();
            return Err(Undelivered { reason, is_final: false });
        }
        match self.0.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.judge(&error, letter.to)),
        }
    }

    fn message(&self, letter: &Letter<'_>) -> Result<Message, Undelivered> {
        let refused = |reason: String| Undelivered { reason, is_final: true };
        let to: Address = letter
            .to
            .parse()
            .map_err(|error| refused(format!("the address cannot be written to: {error}")))?;
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
            .map_err(|error| refused(format!("the mail cannot be written: {error}")))
    }

    /// What a failure means. Servers like to repeat the address in their replies; a log is no place for one.
    fn judge(&self, error: &smtp::Error, to: &str) -> Undelivered {
        let status = error.status().map(u16::from);
        if status.is_none() {
            self.0.note_unreachable();
        }
        let chain =
            std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
        let reason = chain.map(ToString::to_string).collect::<Vec<_>>().join(": ");
        let is_ours = status.is_some_and(|status| NOT_THE_MAILS_FAULT.contains(&status));
        Undelivered {
            reason: reason.replace(to, "(the address)"),
            is_final: error.is_permanent() && !is_ours,
        }
    }
}

impl Shared {
    fn is_unreachable(&self) -> bool {
        let until = self.unreachable_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn note_unreachable(&self) {
        let mut until = self.unreachable_until.lock().unwrap_or_else(PoisonError::into_inner);
        *until = Some(Instant::now() + PAUSE);
    }
}

/// A line for a header: a line break in it would begin another header.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
