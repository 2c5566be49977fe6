//! A clock that stands still.

use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use domain::Timestamp;

use crate::{Clock, SystemClock};

/// A clock that stands still until [`TestClock::advance`].
#[derive(Debug)]
pub struct TestClock(Mutex<Timestamp>);

impl TestClock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(Mutex::new(start))
    }

    /// Sets the clock to the machine's time, for tests with other processes.
    pub fn set_to_real_time(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = SystemClock.now();
    }

    /// Lets `time` pass.
    pub fn advance(&self, time: TimeDelta) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = (now.utc() + time).into();
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
