//! A circuit breaker: after a failure, calls are skipped for a moment instead of waiting for the
//! same failure again.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Closed, it lets calls through. A failure opens it for a fixed time.
#[derive(Debug)]
pub(crate) struct CircuitBreaker {
    open_for: Duration,
    /// When it closes; `None` after a success.
    open_until: Mutex<Option<Instant>>,
}

impl CircuitBreaker {
    /// A closed breaker that a failure opens for `open_for`.
    pub(crate) fn new(open_for: Duration) -> Self {
        Self { open_for, open_until: Mutex::default() }
    }

    /// Whether calls are to be skipped.
    pub(crate) fn is_open(&self) -> bool {
        self.lock().is_some_and(|until| Instant::now() < until)
    }

    /// Closes it. Returns whether this is the first success after a failure.
    pub(crate) fn record_success(&self) -> bool {
        self.lock().take().is_some()
    }

    /// Opens it. Returns whether this is the first failure after a success.
    pub(crate) fn record_failure(&self) -> bool {
        self.lock().replace(Instant::now() + self.open_for).is_none()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Instant>> {
        self.open_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_failure_opens_the_breaker_for_its_time() {
        let breaker = CircuitBreaker::new(Duration::from_secs(1));
        assert!(!breaker.is_open());
        assert!(breaker.record_failure(), "the first failure");
        assert!(breaker.is_open());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(!breaker.is_open());
        assert!(!breaker.record_failure(), "a second failure in a row");
        assert!(breaker.is_open());
        assert!(breaker.record_success(), "the first success");
        assert!(!breaker.is_open() && !breaker.record_success());
    }
}
