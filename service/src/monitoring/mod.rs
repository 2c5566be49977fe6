//! What a process that serves metrics needs of the use cases.

mod gauges;

pub use self::gauges::Gauges;
use crate::{jobs, metrics};

/// The upper bounds of histograms whose values are no seconds.
pub const SIZE_BUCKETS: (&str, &[f64]) =
    (metrics::BATCH_SIZE, &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0]);
/// The upper bounds of histograms of waits that may take hours.
pub const LONG_BUCKETS: (&str, &[f64]) =
    (jobs::WAIT, &[0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1_800.0, 14_400.0]);

/// Makes every handle of a metric, so that a scrape has every metric from the beginning. Call it
/// after the recorder is installed and before a [`Context`](crate::Context) is opened: handles that
/// are made before have no recorder.
pub fn register() {
    metrics::register();
}
