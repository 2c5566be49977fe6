//! A mail server on this machine that accepts every mail, or none.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// The contents of mails.
type Mails = Arc<Mutex<Vec<String>>>;

/// A mail server. It ends when it is dropped.
pub(crate) struct MailSink {
    address: SocketAddr,
    accepted: Mails,
    task: JoinHandle<()>,
}

impl MailSink {
    pub(crate) async fn start() -> Self {
        Self::replying_to_recipients("250 fine\r\n").await
    }

    /// One that refuses every recipient.
    pub(crate) async fn refusing() -> Self {
        Self::replying_to_recipients("550 5.7.1 we do not relay\r\n").await
    }

    async fn replying_to_recipients(reply: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let accepted = Mails::default();
        let kept = Arc::clone(&accepted);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, reply, Arc::clone(&kept)));
            }
        });
        Self { address, accepted, task }
    }

    /// The number of mails that it has accepted.
    pub(crate) fn accepted(&self) -> usize {
        self.mails().len()
    }

    /// The contents of the mails that it has accepted, without soft line breaks.
    pub(crate) fn mails(&self) -> Vec<String> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The value of `SMTP_URL`.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The variables of a process that sends mail here.
    pub(crate) fn variables(&self) -> [(&'static str, String); 3] {
        [
            ("SMTP_URL", self.url()),
            ("MAIL_FROM", "Mini Compete <no-reply@site.example>".to_owned()),
            ("SITE_URL", "http://site.example".to_owned()),
        ]
    }
}

impl Drop for MailSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Ends with the connection.
async fn converse(stream: TcpStream, reply_to_recipient: &str, accepted: Mails) -> Option<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await.ok()?;
    let mut in_content = false;
    let mut content = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        let reply = match line {
            "." if in_content => {
                in_content = false;
                let content = std::mem::take(&mut content);
                accepted.lock().unwrap_or_else(PoisonError::into_inner).push(content);
                "250 kept\r\n"
            }
            _ if in_content => {
                match line.strip_suffix('=') {
                    Some(line) => content.push_str(line),
                    None => content.extend([line, "\n"]),
                }
                continue;
            }
            "DATA" => {
                in_content = true;
                "354 go on\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ if line.starts_with("RCPT") => reply_to_recipient,
            _ => "250 fine\r\n",
        };
        stream.write_all(reply.as_bytes()).await.ok()?;
    }
}
