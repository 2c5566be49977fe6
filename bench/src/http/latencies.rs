//! How long each of many things took. All are kept, so that a percentile is exact.

use std::time::Duration;

/// Sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn new(mut each: Vec<Duration>) -> Self {
        each.sort_unstable();
        Self(each)
    }

    /// Half took no longer.
    pub(crate) fn p50(&self) -> Duration {
        self.percentile(50)
    }

    /// All but one in a hundred took no longer.
    pub(crate) fn p99(&self) -> Duration {
        self.percentile(99)
    }

    /// The nearest rank; zero when there is nothing.
    fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let hundred = Latencies::new((1..=100).rev().map(Duration::from_millis).collect());
        assert_eq!(hundred.p50(), Duration::from_millis(50));
        assert_eq!(hundred.p99(), Duration::from_millis(99));
        let one = Latencies::new(vec![Duration::from_millis(7)]);
        assert_eq!((one.p50(), one.p99()), (Duration::from_millis(7), Duration::from_millis(7)));
        assert_eq!(Latencies::new(Vec::new()).p99(), Duration::ZERO);
    }
}
