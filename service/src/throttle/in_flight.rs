//! Requests that are limited by how many of a kind run at the same time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Counts the requests with each key in this process: delayed logins of an address, access codes of
/// a participant.
#[derive(Clone, Debug, Default)]
pub(crate) struct InFlight(Arc<Mutex<HashMap<String, usize>>>);

impl InFlight {
    /// Counts one more request with this key; `None` when there are `max`.
    pub(super) fn enter(&self, key: &str, max: usize) -> Option<Entered> {
        let mut counts = self.lock();
        let count = counts.get(key).copied().unwrap_or_default();
        if count >= max {
            return None;
        }
        counts.insert(key.to_owned(), count + 1);
        Some(Entered { in_flight: self.clone(), key: key.to_owned() })
    }

    /// Whether no request is counted.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is counted. Dropping it uncounts it.
#[derive(Debug)]
pub(crate) struct Entered {
    in_flight: InFlight,
    key: String,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut counts = self.in_flight.lock();
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_limited_for_each_key() {
        let in_flight = InFlight::default();
        let first = in_flight.enter("hall", 2).unwrap();
        let second = in_flight.enter("hall", 2).unwrap();
        assert!(in_flight.enter("hall", 2).is_none());
        assert!(in_flight.enter("school", 2).is_some());
        drop(first);
        drop(in_flight.enter("hall", 2).unwrap());
        drop(second);
        assert!(in_flight.lock().is_empty(), "a key without requests is not removed");
    }
}
