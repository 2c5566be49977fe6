//! The queue of one key of a combiner.

use std::{collections::VecDeque, time::Duration};

use domain::{ErrorCode, PublicError};
use tokio::{sync::oneshot, time::Instant};

use crate::Result;

/// The queue of one key. It exists while workers process its batches.
pub(super) struct KeyQueue<T, R> {
    pub(super) queue: VecDeque<Queued<T, R>>,
    pub(super) workers: usize,
    /// When the latest batch was started.
    pub(super) last_batch_at: Instant,
}

pub(super) struct Queued<T, R> {
    pub(super) request: T,
    pub(super) since: Instant,
    pub(super) reply: oneshot::Sender<Result<R>>,
}

impl<T, R> KeyQueue<T, R> {
    pub(super) fn new(now: Instant) -> Self {
        Self { queue: VecDeque::new(), workers: 0, last_batch_at: now }
    }

    /// Refuses the requests that have been queued for longer than `max_wait`.
    pub(super) fn refuse_late(&mut self, max_wait: Duration) {
        let now = Instant::now();
        while self.queue.front().is_some_and(|queued| now - queued.since > max_wait) {
            if let Some(late) = self.queue.pop_front() {
                late.refuse();
            }
        }
    }

    /// Takes the first requests whose weights add up to `max_batch` at most, and the first one in
    /// any case.
    pub(super) fn take(&mut self, max_batch: usize, weight: fn(&T) -> usize) -> Vec<Queued<T, R>> {
        self.last_batch_at = Instant::now();
        let mut total = 0_usize;
        let fits = self.queue.iter().take_while(|queued| {
            total = total.saturating_add(weight(&queued.request));
            total <= max_batch
        });
        let count = fits.count().max(1);
        self.queue.drain(..count).collect()
    }
}

impl<T, R> Queued<T, R> {
    pub(super) fn refuse(self) {
        // Fails when the caller is gone.
        let _ = self.reply.send(Err(overloaded().into()));
    }
}

/// The refusal of a request that waits for too long, or behind too many others.
pub(super) fn overloaded() -> PublicError {
    let message = "Too many requests are waiting. Nothing was changed; please try again.";
    PublicError::new(ErrorCode::Overloaded, message)
}
