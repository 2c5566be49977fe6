//! What a connection is doing. An idle one may wait far longer than a request's head may take: a
//! balancer that keeps connections open sends the next request over one that it believes to be
//! alive, and answers 502 when it is not.
//!
//! hyper takes a body that is in memory at once and drops it, long before the client has taken it.
//! So whether an answer is being sent is followed beside the phase: until what hyper has written is
//! flushed.

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

use crate::security::{Limits, MemoryPermit};

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing has come over it yet.
    New,
    /// A request was answered, and the next one has not begun.
    Idle,
    /// A request has begun to arrive.
    Head,
    /// A request is being answered. What that may take is decided elsewhere.
    Request,
}

/// What is to be done about a connection that takes too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overdue {
    /// It is cut off.
    Close,
    /// It ends in good order.
    Finish,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// The answer that the client has not taken yet.
    sending: Option<Sending>,
}

/// An answer that is being sent.
#[derive(Debug)]
struct Sending {
    since: Instant,
    /// Whether hyper has taken all of it.
    is_taken: bool,
    _memory: Option<MemoryPermit>,
}

impl State {
    fn enter(&mut self, phase: Phase) {
        (self.phase, self.since) = (phase, Instant::now());
    }

    /// When the connection is overdue, and what is to be done then.
    fn deadline(&self, limits: &Limits, is_last: bool) -> Option<(Instant, Overdue)> {
        if let Some(sending) = &self.sending {
            // The client's next request waits for this answer, so its time has not begun.
            return Some((sending.since + limits.send_time, Overdue::Close));
        }
        let (limit, overdue) = match self.phase {
            Phase::New => (limits.keep_alive, Overdue::Close),
            Phase::Head => (limits.head_time, Overdue::Close),
            Phase::Idle if !is_last => (limits.keep_alive, Overdue::Finish),
            Phase::Idle | Phase::Request => return None,
        };
        Some((self.since + limit, overdue))
    }
}

/// Follows the phases of one connection. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Phases(Arc<watch::Sender<State>>);

impl Phases {
    pub(super) fn new() -> Self {
        let state = State { phase: Phase::New, since: Instant::now(), sending: None };
        Self(Arc::new(watch::Sender::new(state)))
    }

    pub(super) fn current(&self) -> Phase {
        self.0.borrow().phase
    }

    /// A request has arrived; it is being answered until the body of its response is dropped.
    pub(super) fn begin(&self) -> Answering {
        self.0.send_modify(|state| state.enter(Phase::Request));
        Answering(self.clone())
    }

    fn heard(&self) {
        self.0.send_if_modified(|state| {
            let begins = matches!(state.phase, Phase::New | Phase::Idle);
            if begins {
                state.enter(Phase::Head);
            }
            begins
        });
    }

    /// Everything that hyper has written so far was handed to the kernel.
    fn flushed(&self) {
        self.0.send_if_modified(|state| {
            let is_sent = state.sending.as_ref().is_some_and(|sending| sending.is_taken);
            if is_sent {
                state.sending = None;
                state.since = Instant::now();
            }
            is_sent
        });
    }

    /// Returns when the connection takes too long. An idle one that `is_last` has no further
    /// request to wait for.
    pub(super) async fn overdue(&self, limits: &Limits, is_last: bool) -> Overdue {
        let mut changes = self.0.subscribe();
        loop {
            let deadline = changes.borrow_and_update().deadline(limits, is_last);
            let out_of_time = async {
                match deadline {
                    Some((deadline, overdue)) => {
                        sleep_until(deadline).await;
                        overdue
                    }
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // The sender is `self`, so it is not gone.
                _ = changes.changed() => {}
                overdue = out_of_time => return overdue,
            }
        }
    }
}

/// Ends the phase [`Phase::Request`] when it is dropped: hyper has taken all of the response then.
#[derive(Debug)]
pub(super) struct Answering(Phases);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| {
            state.enter(Phase::Idle);
            let now = state.since;
            let begin = || Sending { since: now, is_taken: true, _memory: None };
            state.sending.get_or_insert_with(begin).is_taken = true;
        });
    }
}

impl Answering {
    /// Lasts as long as the body of this response. A large one has its time to be sent from now on,
    /// even while it is being compressed, and keeps its memory until then.
    pub(super) fn until_sent(self, mut response: Response<Body>) -> Response<Body> {
        if let Some(permit) = response.extensions_mut().remove::<MemoryPermit>() {
            let memory = Some(permit);
            let sending = Sending { since: Instant::now(), is_taken: false, _memory: memory };
            self.0.0.send_modify(|state| state.sending = Some(sending));
        }
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

/// A stream that notes when something arrives, and when everything has left.
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
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        // hyper flushes only once it has written all that it holds.
        if let Poll::Ready(Ok(())) = flushed {
            self.phases.flushed();
        }
        flushed
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::AnswerMemory;

    /// What becomes overdue first, and in how many seconds.
    fn overdue(phases: &Phases) -> Option<(f32, Overdue)> {
        let (deadline, overdue) = phases.0.borrow().deadline(&Limits::default(), false)?;
        Some((deadline.duration_since(Instant::now()).as_secs_f32().round(), overdue))
    }

    #[test]
    fn an_answer_has_a_time_to_be_sent_and_the_next_head_begins_after_it() {
        let phases = Phases::new();
        drop(phases.begin());
        assert_eq!(overdue(&phases), Some((120., Overdue::Close)));
        // The next request is sent ahead while this answer is taken slowly.
        phases.heard();
        assert_eq!(overdue(&phases), Some((120., Overdue::Close)));
        let next = phases.begin();
        assert_eq!(overdue(&phases), Some((120., Overdue::Close)));
        phases.flushed();
        assert_eq!(overdue(&phases), None);
        drop(next);
        phases.heard();
        phases.flushed();
        assert_eq!(overdue(&phases), Some((30., Overdue::Close)), "a head");
        drop(phases.begin());
        phases.flushed();
        assert_eq!(overdue(&phases), Some((90., Overdue::Finish)), "an idle connection");
    }

    #[test]
    fn a_stream_has_no_time_limit_while_its_parts_are_flushed() {
        let phases = Phases::new();
        let response = phases.begin().until_sent(Response::new(Body::from("an event")));
        phases.flushed();
        assert_eq!(overdue(&phases), None);
        drop(response);
        assert_eq!(overdue(&phases), Some((120., Overdue::Close)));
    }

    #[test]
    fn a_large_answer_keeps_its_memory_until_it_is_sent() {
        let memory = AnswerMemory::new(&Limits { unsent_bytes: 1024, ..Limits::default() });
        let phases = Phases::new();
        let mut response = Response::new(Body::from("large"));
        response.extensions_mut().insert(memory.take(1024).unwrap());
        let response = phases.begin().until_sent(response);
        // Its first part, while the rest is being compressed.
        phases.flushed();
        assert_eq!(overdue(&phases), Some((120., Overdue::Close)));
        drop(response);
        assert!(memory.take(1).is_none(), "hyper holds it");
        phases.flushed();
        assert!(memory.take(1024).is_some());
    }
}
