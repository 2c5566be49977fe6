//! A keep-alive connection with one request at a time.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Larger than every response but the longest lists, for which it grows once.
const BUFFER: usize = 32 * 1024;
const HEAD_END: &[u8] = b"\r\n\r\n";
/// Preceded by the end of the chunk before, or of the head.
const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";

/// A keep-alive connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A response.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Response<'a> {
    pub(crate) status: u16,
    head: &'a [u8],
    pub(crate) body: &'a [u8],
}

impl<'a> Response<'a> {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        let mut lines = std::str::from_utf8(self.head).ok()?.lines();
        lines.find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// The parsed head of a response.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// The length of the head in bytes.
    length: usize,
    body: Length,
}

/// Where a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    /// After so many bytes.
    Bytes(usize),
    /// After an empty chunk. The sizes of chunks stay in the body.
    Chunked,
}

impl Connection {
    pub(crate) async fn open(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(BUFFER) })
    }

    /// Sends a request and reads the whole response.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Response<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.read_more().await?;
            if let Some(head) = Head::read(&self.buffer)? {
                break head;
            }
        };
        let end = match head.body {
            Length::Bytes(body) => {
                while self.buffer.len() < head.length + body {
                    self.read_more().await?;
                }
                head.length + body
            }
            Length::Chunked => {
                while !self.buffer.ends_with(LAST_CHUNK) {
                    self.read_more().await?;
                }
                self.buffer.len()
            }
        };
        let (head_bytes, body) = self.buffer[..end].split_at(head.length);
        Ok(Response { status: head.status, head: head_bytes, body })
    }

    async fn read_more(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the server closed the connection",
            ));
        }
        Ok(())
    }
}

impl Head {
    /// `None` when the head is incomplete.
    fn read(bytes: &[u8]) -> io::Result<Option<Self>> {
        let Some(end) = bytes.windows(HEAD_END.len()).position(|four| four == HEAD_END) else {
            return Ok(None);
        };
        let mut lines = bytes[..end].split(|byte| *byte == b'\n');
        let status = lines.next().and_then(status).ok_or_else(|| invalid("no status line"))?;
        let body = match lines.find_map(body_length) {
            Some(length) => length,
            None if status == 204 => Length::Bytes(0),
            None => return Err(invalid("a response without Content-Length")),
        };
        Ok(Some(Self { status, length: end + HEAD_END.len(), body }))
    }
}

/// The status of `HTTP/1.1 201 Created`.
fn status(line: &[u8]) -> Option<u16> {
    number(line.strip_prefix(b"HTTP/1.1 ")?.get(..3)?)
}

fn body_length(line: &[u8]) -> Option<Length> {
    const LENGTH: &[u8] = b"content-length:";
    const CHUNKED: &[u8] = b"transfer-encoding: chunked";
    if line.trim_ascii().eq_ignore_ascii_case(CHUNKED) {
        return Some(Length::Chunked);
    }
    let (name, value) = line.split_at_checked(LENGTH.len())?;
    if name.eq_ignore_ascii_case(LENGTH) { number(value).map(Length::Bytes) } else { None }
}

fn number<T: std::str::FromStr>(digits: &[u8]) -> Option<T> {
    std::str::from_utf8(digits).ok()?.trim().parse().ok()
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_the_length_of_its_body() {
        let response = b"HTTP/1.1 201 Created\r\nx: y\r\nContent-Length: 12\r\n\r\n{";
        let head = Head::read(response).unwrap();
        assert_eq!(
            head,
            Some(Head { status: 201, length: response.len() - 1, body: Length::Bytes(12) })
        );
    }

    #[test]
    fn a_body_in_chunks_has_no_length() {
        let response = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        assert_eq!(Head::read(response).unwrap().unwrap().body, Length::Chunked);
    }

    #[test]
    fn an_incomplete_head_is_none() {
        assert_eq!(Head::read(b"HTTP/1.1 201 Created\r\ncontent-length: 1\r\n").unwrap(), None);
    }

    #[test]
    fn a_response_of_unknown_length_is_an_error() {
        assert!(Head::read(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").is_err());
        assert!(Head::read(b"HTTP/1.1 204 No Content\r\n\r\n").is_ok());
    }
}
