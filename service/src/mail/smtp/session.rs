//! A conversation with the mail server, over which one mail goes after the other.

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

/// How long the mail server may take for an answer. Some make everybody wait whom they do not know.
const ANSWER: Duration = Duration::from_secs(60);
/// How long it may take to look at a mail that it was given. Who goes away too soon sends the mail
/// twice.
const ACCEPTANCE: Duration = Duration::from_secs(300);
/// How long the mail server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// How far a mail got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The server was told from whom it is.
    Sender,
    /// The server was told to whom it goes.
    Recipient,
    /// The server was told that it comes.
    Announcement,
    /// It was given away: only the answer tells whether it was taken.
    Content,
}

/// Why a mail did not go.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server said no.
    Refused { stage: Stage, code: u16, text: String },
    /// The connection broke, or no answer came in time.
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

    /// Whether the same mail may be sent once more over a new connection at once, after this one
    /// had been used before. Then the server was about to close it, or has counted enough mails on
    /// it; the mail was not given away.
    pub(super) fn is_of_an_old_connection(&self) -> bool {
        match self {
            Self::Refused { stage, code, .. } => {
                *stage == Stage::Sender || (*code == 421 && *stage != Stage::Content)
            }
            Self::Lost { stage, .. } => *stage != Stage::Content,
            Self::NoUtf8 => false,
        }
    }

    /// Whether the connection can take another mail after it.
    fn leaves_connection(&self) -> bool {
        match self {
            Self::Refused { code, .. } => *code != 421,
            Self::Lost { .. } => false,
            Self::NoUtf8 => true,
        }
    }
}

/// A connection that is signed in.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    /// Mails that it has been used for.
    pub(super) uses: u32,
    is_open: bool,
}

impl Session {
    pub(super) fn new(connection: AsyncSmtpConnection) -> Self {
        Self { connection, uses: 0, is_open: true }
    }

    /// Whether it can take another mail.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Sends a mail.
    pub(super) async fn send(&mut self, envelope: &Envelope, mail: &[u8]) -> Result<(), Failure> {
        self.uses += 1;
        let result = self.try_send(envelope, mail).await;
        if let Err(failure) = &result {
            // The next mail begins from nothing. What was refused altogether is forgotten by the
            // server itself.
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
        self.ask(Stage::Announcement, Data).await?;
        let taken = timeout(ACCEPTANCE, self.connection.message(mail)).await;
        answer(Stage::Content, taken)
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
        // Only the header of such an address holds anything else: texts are encoded.
        if !mail.is_ascii() && offers(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        Ok(parameters)
    }

    async fn reset(&mut self) -> bool {
        timeout(GOODBYE, self.connection.command("RSET\r\n")).await.is_ok_and(|reply| reply.is_ok())
    }

    /// Ends it in good order.
    pub(super) async fn quit(mut self) {
        // A server that does not answer has gone already.
        let _ = timeout(GOODBYE, self.connection.command(Quit)).await;
    }

    async fn ask(&mut self, stage: Stage, command: impl Display) -> Result<(), Failure> {
        answer(stage, timeout(ANSWER, self.connection.command(command)).await)
    }
}

fn answer<T>(
    stage: Stage,
    reply: Result<Result<T, smtp::Error>, tokio::time::error::Elapsed>,
) -> Result<(), Failure> {
    match reply {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(Failure::of(stage, &error)),
        Err(_) => Err(Failure::Lost { stage, reason: "no answer came in time".to_owned() }),
    }
}
