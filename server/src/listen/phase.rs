//! Tracks the phase of a connection, each of which has its own timeout. An idle connection may wait
//! far longer than a request's head may take: a load balancer sends its next request over a
//! connection that it believes to be open, and answers 502 when it is closed.
//!
//! hyper consumes a body that is in memory at once and drops it, long before the client has taken
//! it. So the sending of a response is tracked beside the phase, until hyper has flushed it.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    http::Response,
};
use hyper::body::{Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, sleep_until},
};

use crate::security::{HttpLimits, MemoryPermit};

/// The shortest interval at which the phase of a connection is polled.
const MIN_INTERVAL: Duration = Duration::from_millis(5);

/// The phase of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing has been received yet.
    New,
    /// The last request was answered, and the next one has not begun.
    Idle,
    /// The head of a request is being received.
    Head,
    /// A request is being answered. `time_limit` bounds this phase.
    Request,
}

/// How to end a connection that has exceeded a timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overdue {
    /// Close it at once.
    Close,
    /// Shut it down gracefully.
    Finish,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// The response that the client has not taken yet.
    sending: Option<Sending>,
}

/// A response that is being sent.
#[derive(Debug)]
struct Sending {
    since: Instant,
    /// Whether hyper has consumed the body.
    is_consumed: bool,
    _memory: Option<MemoryPermit>,
}

impl State {
    fn enter(&mut self, phase: Phase) {
        (self.phase, self.since) = (phase, Instant::now());
    }

    /// When the current timeout ends, and how to end the connection then.
    fn deadline(&self, limits: &HttpLimits, is_last: bool) -> Option<(Instant, Overdue)> {
        if let Some(sending) = &self.sending {
            // The next request waits for this response, so its timeout has not begun.
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

/// Tracks the phases of one connection. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Phases(Arc<Mutex<State>>);

impl Phases {
    pub(super) fn new() -> Self {
        let state = State { phase: Phase::New, since: Instant::now(), sending: None };
        Self(Arc::new(Mutex::new(state)))
    }

    pub(super) fn current(&self) -> Phase {
        self.lock().phase
    }

    /// Enters [`Phase::Request`] until the guard is dropped.
    pub(super) fn begin_request(&self) -> RequestGuard {
        self.lock().enter(Phase::Request);
        RequestGuard(self.clone())
    }

    /// Some bytes were received.
    fn received(&self) {
        let mut state = self.lock();
        if matches!(state.phase, Phase::New | Phase::Idle) {
            state.enter(Phase::Head);
        }
    }

    /// Everything that hyper has written so far was passed to the kernel.
    fn flushed(&self) {
        let mut state = self.lock();
        if state.sending.as_ref().is_some_and(|sending| sending.is_consumed) {
            state.sending = None;
            state.since = Instant::now();
        }
    }

    /// Returns at the timeout of the current phase, at most a quarter of the shortest timeout late.
    /// With `is_last` the connection takes no further request, so being idle has no timeout.
    ///
    /// The phase is polled: a wake-up at each change of it would poll the whole connection several
    /// times more for each request.
    pub(super) async fn overdue(&self, limits: &HttpLimits, is_last: bool) -> Overdue {
        let shortest = limits.head_time.min(limits.keep_alive).min(limits.send_time);
        let interval = (shortest / 4).max(MIN_INTERVAL);
        loop {
            let (now, deadline) = (Instant::now(), self.lock().deadline(limits, is_last));
            let next = match deadline {
                Some((deadline, overdue)) if deadline <= now => return overdue,
                Some((deadline, _)) => deadline.min(now + interval),
                None => now + interval,
            };
            sleep_until(next).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends [`Phase::Request`] when it is dropped, which is when hyper has consumed the response.
#[derive(Debug)]
pub(super) struct RequestGuard(Phases);

impl Drop for RequestGuard {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.enter(Phase::Idle);
        let now = state.since;
        let begin = || Sending { since: now, is_consumed: true, _memory: None };
        state.sending.get_or_insert_with(begin).is_consumed = true;
    }
}

impl RequestGuard {
    /// Keeps the guard as long as the body of `response`. For a large response the send timeout
    /// begins now, even while it is being compressed, and its memory is held until it is sent.
    pub(super) fn until_sent(self, mut response: Response<Body>) -> Response<Body> {
        if let Some(permit) = response.extensions_mut().remove::<MemoryPermit>() {
            let memory = Some(permit);
            let sending = Sending { since: Instant::now(), is_consumed: false, _memory: memory };
            self.0.lock().sending = Some(sending);
        }
        response.map(|body| Body::new(GuardedBody { body, _guard: self }))
    }
}

/// A body that holds its request's guard.
struct GuardedBody {
    body: Body,
    _guard: RequestGuard,
}

impl HttpBody for GuardedBody {
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

/// A stream that reports received bytes and completed flushes.
#[derive(Debug)]
pub(super) struct TrackedStream<S> {
    stream: S,
    phases: Phases,
}

impl<S> TrackedStream<S> {
    pub(super) fn new(stream: S, phases: Phases) -> Self {
        Self { stream, phases }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TrackedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.phases.received();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TrackedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        // hyper flushes once it has written its whole buffer.
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
    use crate::security::ResponseMemory;

    /// The next timeout, in seconds, and how it ends the connection.
    fn overdue(phases: &Phases) -> Option<(f32, Overdue)> {
        let (deadline, overdue) = phases.lock().deadline(&HttpLimits::default(), false)?;
        Some((deadline.duration_since(Instant::now()).as_secs_f32().round(), overdue))
    }

    #[test]
    fn the_head_timeout_begins_once_the_response_before_it_is_sent() {
        let phases = Phases::new();
        drop(phases.begin_request());
        assert_eq!(overdue(&phases), Some((120., Overdue::Close)));
        // The client pipelines its next request while it takes this response slowly.
        phases.received();
        assert_eq!(overdue(&phases), Some((120., Overdue::Close)));
        let next = phases.begin_request();
        assert_eq!(overdue(&phases), Some((120., Overdue::Close)));
        phases.flushed();
        assert_eq!(overdue(&phases), None);
        drop(next);
        phases.received();
        phases.flushed();
        assert_eq!(overdue(&phases), Some((30., Overdue::Close)), "a head");
        drop(phases.begin_request());
        phases.flushed();
        assert_eq!(overdue(&phases), Some((90., Overdue::Finish)), "an idle connection");
    }

    #[test]
    fn a_stream_has_no_timeout_while_its_parts_are_flushed() {
        let phases = Phases::new();
        let response = phases.begin_request().until_sent(Response::new(Body::from("an event")));
        phases.flushed();
        assert_eq!(overdue(&phases), None);
        drop(response);
        assert_eq!(overdue(&phases), Some((120., Overdue::Close)));
    }

    #[test]
    fn a_large_response_holds_its_memory_until_it_is_sent() {
        let memory =
            ResponseMemory::new(&HttpLimits { unsent_bytes: 1024, ..HttpLimits::default() });
        let phases = Phases::new();
        let mut response = Response::new(Body::from("large"));
        response.extensions_mut().insert(memory.take(1024).unwrap());
        let response = phases.begin_request().until_sent(response);
        // The first part is flushed while the rest is being compressed.
        phases.flushed();
        assert_eq!(overdue(&phases), Some((120., Overdue::Close)));
        drop(response);
        assert!(memory.take(1).is_none(), "hyper has not flushed the response");
        phases.flushed();
        assert!(memory.take(1024).is_some());
    }
}
