//! A mail server on this machine, which keeps what it is sent.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

/// A mail server. It ends when it goes out of scope.
pub(crate) struct Sink {
    url: String,
    shared: Arc<Shared>,
    task: AbortHandle,
}

#[derive(Default)]
struct Shared {
    mails: Mutex<Vec<Received>>,
    /// What the next recipients are answered, one each; then they are welcome.
    replies: Mutex<VecDeque<&'static str>>,
}

/// A mail as it came in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    /// Whom the envelope names.
    pub(crate) recipients: Vec<String>,
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
}

impl Received {
    /// The value of a header that is there once.
    pub(crate) fn header(&self, name: &str) -> &str {
        let is_it = |line: &&String| line.to_lowercase().starts_with(&format!("{name}:"));
        let found: Vec<_> = self.headers.iter().filter(is_it).collect();
        let [line] = found[..] else { panic!("{name} is there {} times", found.len()) };
        line[name.len() + 1..].trim()
    }
}

impl Sink {
    /// A server that takes everything.
    pub(crate) async fn start() -> Self {
        Self::replying(&[]).await
    }

    /// A server that answers the first recipients in these words.
    pub(crate) async fn replying(replies: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        shared.replies.lock().unwrap().extend(replies);
        let accept = {
            let shared = Arc::clone(&shared);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(converse(stream, Arc::clone(&shared)));
                }
            }
        };
        let task = tokio::spawn(accept).abort_handle();
        Self { url, shared, task }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Everything that was sent so far.
    pub(crate) fn mails(&self) -> Vec<Received> {
        self.shared.mails.lock().unwrap().clone()
    }

    /// The one mail that was sent.
    pub(crate) fn only(&self) -> Received {
        let mails = self.mails();
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails[0].clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(stream: TcpStream, shared: Arc<Shared>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut mail = Received::default();
    let mut reply = "220 sink".to_owned();
    loop {
        if write.write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
            return;
        }
        let Ok(Some(line)) = lines.next_line().await else { return };
        let command = line.to_uppercase();
        if command.starts_with("RCPT TO:") {
            let planned = shared.replies.lock().unwrap().pop_front();
            if planned.is_none() {
                mail.recipients.push(line["RCPT TO:".len()..].trim_matches(['<', '>']).to_owned());
            }
            reply = planned.unwrap_or("250 welcome").to_owned();
        } else if command == "DATA" {
            write.write_all(b"354 go on\r\n").await.unwrap();
            let mut text = String::new();
            loop {
                match lines.next_line().await.unwrap().unwrap() {
                    line if line == "." => break,
                    line => text += &format!("{line}\n"),
                }
            }
            let (headers, body) = text.split_once("\n\n").unwrap();
            // A line that begins with a blank goes on with the one before it.
            let headers = headers.replace("\n ", " ");
            mail.headers = headers.lines().map(str::to_owned).collect();
            mail.body = decoded(mail.header("content-transfer-encoding"), body);
            shared.mails.lock().unwrap().push(std::mem::take(&mut mail));
            reply = "250 taken".to_owned();
        } else if command == "QUIT" {
            reply = "221 bye".to_owned();
        } else {
            reply = "250 fine".to_owned();
        }
    }
}

/// What people read: in quoted-printable long lines are broken with a `=`.
fn decoded(encoding: &str, body: &str) -> String {
    if encoding == "quoted-printable" {
        body.replace("=\n", "").replace("=3D", "=")
    } else {
        body.to_owned()
    }
}
