//! A mail server on this machine that accepts every mail.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A mail server. It ends when it is dropped.
pub(crate) struct MailSink {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl MailSink {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream));
            }
        });
        Self { address, task }
    }

    /// The variables of a process that sends mail here.
    pub(crate) fn variables(&self) -> [(&'static str, String); 3] {
        [
            ("SMTP_URL", format!("smtp://{}", self.address)),
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
async fn converse(stream: TcpStream) -> Option<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await.ok()?;
    let mut in_content = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        let reply = match line {
            "." if in_content => {
                in_content = false;
                "250 kept\r\n"
            }
            _ if in_content => continue,
            "DATA" => {
                in_content = true;
                "354 go on\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 fine\r\n",
        };
        stream.write_all(reply.as_bytes()).await.ok()?;
    }
}
