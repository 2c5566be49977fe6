//! An SMTP session, which sends one mail after another.

use std::{error::Error as _, fmt::Display, time::Duration};

use lettre::{
    address::Envelope,
    transport::smtp::{
        self,
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Quit, Rcpt},
        extension::{Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::time::timeout;

/// The time limit of a reply. Some servers delay their replies to unknown clients.
const REPLY: Duration = Duration::from_secs(60);
/// The time limit of the reply to the content. A client that gives up too early sends the mail
/// twice. RFC 5321 recommends ten minutes; five leave time for the other replies within the time
/// limit of the job.
const ACCEPTANCE: Duration = Duration::from_secs(300);
/// The time limit of the replies to RSET and QUIT.
const GOODBYE: Duration = Duration::from_secs(2);

/// The command that a mail has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA.
    Data,
    /// The content is sent: without a reply, the server may have accepted it.
    Content,
}

/// Why a mail was not sent.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server replied with an error.
    Refused { stage: Stage, code: u16, text: String },
    /// The connection broke, or no reply came in time.
    Lost { stage: Stage, reason: String },
    /// The address needs SMTPUTF8, and the server does not offer it.
    NoUtf8,
}

impl Failure {
    fn of(stage: Stage, error: &smtp::Error) -> Self {
        match error.status() {
            Some(code) => {
                let text = error.source().map(ToString::to_string).unwrap_or_default();
                Self::Refused { stage, code: code.into(), text }
            }
            None => Self::Lost { stage, reason: error.to_string() },
        }
    }

    /// Whether the mail can be sent again at once over a new connection, if this one was used
    /// before: the server may have closed it, or allow no more mails on it. The content was not
    /// sent.
    pub(super) fn may_succeed_on_new_connection(&self) -> bool {
        match self {
            Self::Refused { stage, code, .. } => {
                *stage == Stage::Sender || (*code == 421 && *stage != Stage::Content)
            }
            Self::Lost { stage, .. } => *stage != Stage::Content,
            Self::NoUtf8 => false,
        }
    }

    /// Whether the connection can send another mail after this failure.
    fn leaves_connection(&self) -> bool {
        match self {
            Self::Refused { code, .. } => *code != 421,
            Self::Lost { .. } => false,
            Self::NoUtf8 => true,
        }
    }
}

/// A connection that is logged in.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    /// Mails that it has sent or tried to send.
    pub(super) uses: u32,
    is_open: bool,
}

impl Session {
    pub(super) fn new(connection: AsyncSmtpConnection) -> Self {
        Self { connection, uses: 0, is_open: true }
    }

    /// Whether it can send another mail.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Sends a mail.
    pub(super) async fn send(&mut self, envelope: &Envelope, mail: &[u8]) -> Result<(), Failure> {
        self.uses += 1;
        let result = self.try_send(envelope, mail).await;
        if let Err(failure) = &result {
            // Ends the transaction of the failed mail, so that the next one can begin.
            self.is_open = failure.leaves_connection() && self.reset().await;
        }
        result
    }

    async fn try_send(&mut self, envelope: &Envelope, mail: &[u8]) -> Result<(), Failure> {
        let parameters = self.parameters(envelope, mail)?;
        self.ask(Stage::Sender, Mail::new(envelope.from().cloned(), parameters)).await?;
        for recipient in envelope.to() {
            self.ask(Stage::Recipient, Rcpt::new(recipient.clone(), Vec::new())).await?;
        }
        self.ask(Stage::Data, Data).await?;
        let accepted = timeout(ACCEPTANCE, self.connection.message(mail)).await;
        check(Stage::Content, accepted)
    }

    fn parameters(&self, envelope: &Envelope, mail: &[u8]) -> Result<Vec<MailParameter>, Failure> {
        let offers = |extension| self.connection.server_info().supports_feature(extension);
        let mut parameters = Vec::new();
        let is_ascii = |address: &lettre::Address| AsRef::<str>::as_ref(address).is_ascii();
        if !envelope.to().iter().chain(envelope.from()).all(is_ascii) {
            if !offers(Extension::SmtpUtfEight) {
                return Err(Failure::NoUtf8);
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        // Texts are encoded; only the header of an SMTPUTF8 address contains other characters.
        if !mail.is_ascii() && offers(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        Ok(parameters)
    }

    async fn reset(&mut self) -> bool {
        timeout(GOODBYE, self.connection.command("RSET\r\n")).await.is_ok_and(|reply| reply.is_ok())
    }

    pub(super) async fn quit(mut self) {
        // A server that does not reply has closed the connection already.
        let _ = timeout(GOODBYE, self.connection.command(Quit)).await;
    }

    async fn ask(&mut self, stage: Stage, command: impl Display) -> Result<(), Failure> {
        check(stage, timeout(REPLY, self.connection.command(command)).await)
    }
}

fn check<T>(
    stage: Stage,
    reply: Result<Result<T, smtp::Error>, tokio::time::error::Elapsed>,
) -> Result<(), Failure> {
    match reply {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(Failure::of(stage, &error)),
        Err(_) => Err(Failure::Lost { stage, reason: "no reply came in time".to_owned() }),
    }
}
