//! Delayed logins, of which few may wait at the same time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Counts the delayed logins of each address in this process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delays(Arc<Mutex<HashMap<String, usize>>>);

impl Delays {
    /// Counts one more delayed login of this address; `None` when `max` are waiting.
    pub(super) fn enter(&self, address: &str, max: usize) -> Option<Delayed> {
        let mut delayed = self.lock();
        let count = delayed.get(address).copied().unwrap_or_default();
        if count >= max {
            return None;
        }
        delayed.insert(address.to_owned(), count + 1);
        Some(Delayed { delays: self.clone(), address: address.to_owned() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A delayed login. Dropping it uncounts it.
#[derive(Debug)]
pub(super) struct Delayed {
    delays: Delays,
    address: String,
}

impl Drop for Delayed {
    fn drop(&mut self) {
        let mut delayed = self.delays.lock();
        if let Some(count) = delayed.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                delayed.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delayed_logins_are_limited_for_each_address() {
        let delays = Delays::default();
        let first = delays.enter("hall", 2).unwrap();
        let second = delays.enter("hall", 2).unwrap();
        assert!(delays.enter("hall", 2).is_none());
        assert!(delays.enter("school", 2).is_some());
        drop(first);
        drop(delays.enter("hall", 2).unwrap());
        drop(second);
        assert!(delays.lock().is_empty(), "an address without delayed logins is not removed");
    }
}
