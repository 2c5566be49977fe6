//! What a connection is doing. An idle one may wait far longer than a request's head may take: a
//! balancer that keeps connections open sends the next request over one that it believes to be
//! alive, and answers 502 when it is not.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::{Body, HttpBody},
    http::Response,
};
use hyper::body::{Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::watch,
    time::{Instant, sleep_until},
};

use crate::Limits;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing has come over it yet.
    New,
    /// A response was sent, and the next request has not begun.
    Idle,
    /// A request has begun to arrive.
    Head,
    /// A request is being answered. What that may take is decided elsewhere.
    Request,
}

/// Follows the phases of one connection. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Phases(Arc<watch::Sender<(Phase, Instant)>>);

impl Phases {
    pub(super) fn new() -> Self {
        Self(Arc::new(watch::Sender::new((Phase::New, Instant::now()))))
    }

    pub(super) fn current(&self) -> Phase {
        self.0.borrow().0
    }

    /// A request has arrived; it is being answered until the response is dropped.
    pub(super) fn begin(&self) -> Answering {
        self.0.send_replace((Phase::Request, Instant::now()));
        Answering(self.clone())
    }

    fn heard(&self) {
        self.0.send_if_modified(|(phase, since)| {
            let begins = matches!(phase, Phase::New | Phase::Idle);
            if begins {
                (*phase, *since) = (Phase::Head, Instant::now());
            }
            begins
        });
    }

    /// Returns the phase that has taken too long. An idle connection that `is_last` has no further
    /// request to wait for.
    pub(super) async fn overdue(&self, limits: &Limits, is_last: bool) -> Phase {
        let mut changes = self.0.subscribe();
        loop {
            let (phase, since) = *changes.borrow_and_update();
            let limit = match phase {
                Phase::New => Some(limits.keep_alive),
                Phase::Idle => (!is_last).then_some(limits.keep_alive),
                Phase::Head => Some(limits.head_time),
                Phase::Request => None,
            };
            let out_of_time = async {
                match limit {
                    Some(limit) => sleep_until(since + limit).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // The sender is `self`, so it is not gone.
                _ = changes.changed() => {}
                () = out_of_time => return phase,
            }
        }
    }
}

/// Ends the phase [`Phase::Request`] when it is dropped.
#[derive(Debug)]
pub(super) struct Answering(Phases);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.0.send_replace((Phase::Idle, Instant::now()));
    }
}

impl Answering {
    /// Lasts as long as the body of this response.
    pub(super) fn until_sent(self, response: Response<Body>) -> Response<Body> {
        response.map(|body| Body::new(Tracked { body, _answering: self }))
    }
}

/// A body that is being sent.
struct Tracked {
    body: Body,
    _answering: Answering,
}

impl HttpBody for Tracked {
    type Data = <Body as HttpBody>::Data;
    type Error = <Body as HttpBody>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that notes when something arrives.
#[derive(Debug)]
pub(super) struct Heard<S> {
    stream: S,
    phases: Phases,
}

impl<S> Heard<S> {
    pub(super) fn new(stream: S, phases: Phases) -> Self {
        Self { stream, phases }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Heard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.phases.heard();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Heard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
