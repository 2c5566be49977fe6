//! Counters that differ in the value of one label.

use metrics::{Counter, counter};

/// The value of everything that has no counter of its own.
const OTHER: &str = "other";

/// A counter for each value of a label.
pub(crate) struct ByLabel {
    counters: Vec<(&'static str, Counter)>,
    other: Counter,
}

impl ByLabel {
    /// Counters for these values, and one for all others.
    pub(super) fn new(
        name: &'static str,
        help: &'static str,
        label: &'static str,
        values: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        metrics::describe_counter!(name, help);
        let counters = values.into_iter().map(|value| (value, counter!(name, label => value)));
        Self { counters: counters.collect(), other: counter!(name, label => OTHER) }
    }

    /// Counts one.
    pub(crate) fn increment(&self, value: &str) {
        let found = self.counters.iter().find(|(name, _)| *name == value);
        found.map_or(&self.other, |(_, counter)| counter).increment(1);
    }
}
