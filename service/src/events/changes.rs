//! Counts changes, so that what was derived from competitions is known to be current.

use std::{
    array,
    sync::atomic::{AtomicU64, Ordering},
};

use domain::CompetitionId;

/// One for each value of a byte. Competitions that share a counter change together: what shows one
/// of them is derived again more often than it must.
const COUNTERS: usize = 256;

/// The changes that this process knows of: of all competitions, and of each.
#[derive(Debug)]
pub(super) struct ChangeCounts {
    all: AtomicU64,
    by_competition: [AtomicU64; COUNTERS],
}

impl Default for ChangeCounts {
    fn default() -> Self {
        Self { all: AtomicU64::default(), by_competition: array::from_fn(|_| AtomicU64::default()) }
    }
}

impl ChangeCounts {
    pub(super) fn of(&self, competition: Option<CompetitionId>) -> u64 {
        let counter = competition.map_or(&self.all, |id| self.counter(id));
        counter.load(Ordering::SeqCst)
    }

    pub(super) fn increment(&self, competition: CompetitionId) {
        self.counter(competition).fetch_add(1, Ordering::SeqCst);
        self.all.fetch_add(1, Ordering::SeqCst);
    }

    /// Changes may have been missed.
    pub(super) fn increment_all(&self) {
        for counter in self.by_competition.iter().chain([&self.all]) {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn counter(&self, CompetitionId(id): CompetitionId) -> &AtomicU64 {
        // The last byte of an id is random.
        &self.by_competition[usize::from(id.as_bytes()[15])]
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_change_counts_for_its_competition_and_for_all() {
        let [one, other] = [1, 2].map(|number| CompetitionId(Uuid::from_u128(number)));
        let counts = ChangeCounts::default();
        counts.increment(one);
        let of = [Some(one), Some(other), None].map(|id| counts.of(id));
        assert_eq!(of, [1, 0, 1]);
        counts.increment_all();
        let of = [Some(one), Some(other), None].map(|id| counts.of(id));
        assert_eq!(of, [2, 1, 2]);
    }
}
