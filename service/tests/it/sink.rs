//! A mail server on this machine, which keeps what it is sent, and does to its clients what mail
//! servers do.

use std::{
    collections::{HashSet, VecDeque},
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use mail_parser::{GetHeader, HeaderName, MessageParser, MessagePart};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinHandle,
};

/// What stands for the end of a mail in [`Manners::replies`].
pub(crate) const CONTENT: &str = ".";

/// A mail server. It ends when it goes out of scope.
pub(crate) struct Sink {
    port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

/// How a server treats its clients.
#[derive(Clone, Default)]
pub(crate) struct Manners {
    /// What it offers, as `EHLO` tells.
    pub(crate) offers: Vec<&'static str>,
    /// What it replies to the next commands that begin so, one after the other; then everything is
    /// welcome.
    pub(crate) replies: VecDeque<(&'static str, &'static str)>,
    /// Closes each connection after so many mails, without a word.
    pub(crate) mails_a_connection: Option<usize>,
    /// How it goes away when it has read a mail, for so many mails.
    pub(crate) goes_away: Option<(GoesAway, usize)>,
    /// Replies to a mail when there is a permit.
    pub(crate) gate: Option<Arc<Semaphore>>,
    /// How long it takes to reply to a mail.
    pub(crate) delay: Duration,
}

/// How a server goes away without a reply to a mail.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum GoesAway {
    /// It has forgotten the mail.
    Before,
    /// It has kept the mail.
    After,
}

#[derive(Default)]
struct Shared {
    mails: Mutex<Vec<Received>>,
    manners: Mutex<Manners>,
    commands: Mutex<Vec<String>>,
    connections: AtomicUsize,
}

/// A mail with a text part and an HTML part, and perhaps a calendar file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    /// The recipients of the envelope.
    pub(crate) recipients: Vec<String>,
    pub(crate) headers: Vec<String>,
    /// The text part, decoded.
    pub(crate) body: String,
    /// The HTML part, decoded.
    pub(crate) html: String,
    /// The calendar files, each with its content type: one of the alternatives, and the attachment.
    pub(crate) calendars: Vec<(String, String)>,
    /// When the server had all of it.
    pub(crate) arrived: Option<Instant>,
    /// The mail as it was sent, with `\n` at the ends of its lines.
    pub(crate) raw: String,
}

impl Received {
    /// The value of a header that is there once.
    pub(crate) fn header(&self, name: &str) -> &str {
        header(&self.headers, name)
    }
}

impl Sink {
    /// A server that takes everything.
    pub(crate) async fn start() -> Self {
        Self::with(Manners::default()).await
    }

    /// A server that answers the first recipients in these words.
    pub(crate) async fn replying(replies: &[&'static str]) -> Self {
        let replies = replies.iter().map(|reply| ("RCPT", *reply)).collect();
        Self::with(Manners { replies, ..Manners::default() }).await
    }

    /// A server with manners of its own.
    pub(crate) async fn with(manners: Manners) -> Self {
        Self::behind(manners, true, async |stream| Ok(stream)).await
    }

    /// A server that talks over what `accept` makes of a connection, and greets its clients unless
    /// that has done so.
    pub(crate) async fn behind<S, F>(
        manners: Manners,
        greets: bool,
        accept: impl Fn(TcpStream) -> F + Clone + Send + 'static,
    ) -> Self
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
        F: Future<Output = io::Result<S>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared { manners: Mutex::new(manners), ..Shared::default() });
        let task = tokio::spawn(serve(listener, Arc::clone(&shared), greets, accept));
        Self { port, shared, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The address for those who sign in.
    pub(crate) fn url_with_password(&self) -> String {
        format!("smtp://me:secret@127.0.0.1:{}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Changes its manners.
    pub(crate) fn behave(&self, manners: Manners) {
        *lock(&self.shared.manners) = manners;
    }

    /// Cuts all connections, and refuses new ones.
    pub(crate) async fn stop(&mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }

    /// Listens again where it did before.
    pub(crate) async fn start_again(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.expect("the same port");
        let accept = async |stream| Ok::<TcpStream, io::Error>(stream);
        self.task = tokio::spawn(serve(listener, Arc::clone(&self.shared), true, accept));
    }

    /// Everything that was sent so far.
    pub(crate) fn mails(&self) -> Vec<Received> {
        lock(&self.shared.mails).clone()
    }

    /// The mail that was sent, each one once.
    pub(crate) fn ids(&self) -> HashSet<String> {
        let mails = lock(&self.shared.mails);
        mails.iter().map(|mail| mail.header("message-id").to_owned()).collect()
    }

    /// The one mail that was sent.
    pub(crate) fn only(&self) -> Received {
        let mails = self.mails();
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails[0].clone()
    }

    /// How many connections there have been.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// The commands that began so, as they came in.
    pub(crate) fn commands(&self, verb: &str) -> Vec<String> {
        let commands = lock(&self.shared.commands);
        commands.iter().filter(|line| line.starts_with(verb)).cloned().collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve<S, F>(
    listener: TcpListener,
    shared: Arc<Shared>,
    greets: bool,
    accept: impl Fn(TcpStream) -> F + Clone + Send + 'static,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    F: Future<Output = io::Result<S>> + Send + 'static,
{
    // They end with it.
    let mut conversations = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (shared, accept) = (Arc::clone(&shared), accept.clone());
        conversations.spawn(async move {
            if let Ok(stream) = accept(stream).await {
                shared.connections.fetch_add(1, Ordering::Relaxed);
                // A client that disconnects ends its conversation.
                let _ = converse(stream, &shared, greets).await;
            }
        });
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite,
    shared: &Shared,
    greets: bool,
) -> io::Result<()> {
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    let (mut mail, mut mails) = (Received::default(), 0);
    let mut reply = if greets { "220 sink\r\n".to_owned() } else { String::new() };
    loop {
        write.write_all(reply.as_bytes()).await?;
        write.flush().await?;
        let Some(line) = lines.next_line().await? else { return Ok(()) };
        lock(&shared.commands).push(line.clone());
        let command = line.to_uppercase();
        let planned = planned(shared, &command);
        if let Some(planned) = planned {
            reply = format!("{planned}\r\n");
            continue;
        }
        let said = if command.starts_with("EHLO") {
            ehlo(shared)
        } else if command.starts_with("AUTH") {
            "235 welcome".to_owned()
        } else if command.starts_with("MAIL FROM:") || command == "RSET" {
            mail = Received::default();
            "250 fine".to_owned()
        } else if command.starts_with("RCPT TO:") {
            let address = line["RCPT TO:".len()..].trim_matches(['<', '>']);
            mail.recipients.push(address.to_owned());
            "250 welcome".to_owned()
        } else if command == "DATA" {
            write.write_all(b"354 go on\r\n").await?;
            write.flush().await?;
            let mut text = String::new();
            loop {
                match lines.next_line().await? {
                    Some(line) if line == "." => break,
                    Some(line) => text += &format!("{line}\n"),
                    None => return Ok(()),
                }
            }
            let Some(said) = take(shared, std::mem::take(&mut mail), &text).await else {
                return Ok(());
            };
            mails += 1;
            said
        } else if command == "QUIT" {
            write.write_all(b"221 bye\r\n").await?;
            return write.flush().await;
        } else {
            "250 fine".to_owned()
        };
        reply = format!("{said}\r\n");
        if lock(&shared.manners).mails_a_connection.is_some_and(|most| mails >= most) {
            write.write_all(reply.as_bytes()).await?;
            return write.flush().await;
        }
    }
}

/// What is to be replied to the next command of this sort.
fn planned(shared: &Shared, command: &str) -> Option<&'static str> {
    let mut manners = lock(&shared.manners);
    let (verb, _) = manners.replies.front()?;
    if !command.starts_with(verb) {
        return None;
    }
    manners.replies.pop_front().map(|(_, reply)| reply)
}

fn ehlo(shared: &Shared) -> String {
    let mut lines = vec!["sink".to_owned()];
    lines.extend(lock(&shared.manners).offers.iter().map(|offer| (*offer).to_owned()));
    let last = lines.len() - 1;
    let line = |(number, line)| format!("250{}{line}", if number == last { ' ' } else { '-' });
    lines.into_iter().enumerate().map(line).collect::<Vec<_>>().join("\r\n")
}

/// Keeps a mail; nothing when the server is to go away.
async fn take(shared: &Shared, mut mail: Received, text: &str) -> Option<String> {
    if let Some(planned) = planned(shared, CONTENT) {
        return Some(planned.to_owned());
    }
    let parsed = MessageParser::default().parse(text).expect("a mail");
    assert_eq!((parsed.text_body_count(), parsed.html_body_count()), (1, 1), "{text}");
    mail.body = parsed.body_text(0).expect("a text part").into_owned();
    mail.html = parsed.body_html(0).expect("an HTML part").into_owned();
    mail.calendars = parsed.attachments().map(calendar).collect();
    let (headers, _) = text.split_once("\n\n").expect("headers");
    // A line that begins with a blank continues the line before it.
    let headers = headers.replace("\n ", " ").lines().map(str::to_owned).collect();
    mail.headers = headers;
    mail.raw = text.to_owned();
    mail.arrived = Some(Instant::now());
    let goes_away = {
        let mut manners = lock(&shared.manners);
        manners.goes_away.as_mut().filter(|(_, times)| *times > 0).map(|(goes, times)| {
            *times -= 1;
            *goes
        })
    };
    if goes_away != Some(GoesAway::Before) {
        lock(&shared.mails).push(mail);
    }
    if goes_away.is_some() {
        return None;
    }
    let Manners { gate, delay, .. } = lock(&shared.manners).clone();
    tokio::time::sleep(delay).await;
    if let Some(gate) = gate {
        gate.acquire().await.expect("a gate").forget();
    }
    Some("250 taken".to_owned())
}

/// A part that is a calendar file.
fn calendar(part: &MessagePart<'_>) -> (String, String) {
    let content_type = part.headers.header_value(&HeaderName::ContentType).expect("a type");
    let content_type = content_type.as_content_type().expect("a content type");
    let method = content_type.attribute("method").expect("a method");
    let subtype = content_type.subtype().expect("a subtype");
    let file = part.text_contents().expect("text").to_owned();
    (format!("{}/{subtype}; method={method}", content_type.ctype()), file)
}

/// The value of a header that is there once.
fn header<'a>(headers: &'a [String], name: &str) -> &'a str {
    let is_it = |line: &&String| line.to_lowercase().starts_with(&format!("{name}:"));
    let found: Vec<_> = headers.iter().filter(is_it).collect();
    let [line] = found[..] else { panic!("{name} is there {} times", found.len()) };
    line[name.len() + 1..].trim()
}
