//! graphile-worker, a queue in PostgreSQL, with jobs that do nothing.

use super::node;
use crate::{Result, stage::Stage};

/// Processes, the concurrency of each, and the jobs that each fetches at a time: the defaults, and
/// settings for many jobs. The best setting counts.
const SETTINGS: [(usize, usize, usize); 4] =
    [(1, 10, 0), (1, 50, 500), (1, 100, 1_000), (2, 24, 500)];

/// Jobs drained per second, with the best setting.
pub(crate) fn graphile_worker(stage: &mut Stage, jobs: usize) -> Result<f64> {
    let script = stage.options.queues.join("graphile-worker.mjs");
    let mut best: f64 = 0.0;
    for (processes, concurrency, local_queue) in SETTINGS {
        let database = stage.postgres()?;
        let sizes = [jobs, processes, concurrency, local_queue].map(|size| size.to_string());
        let rate: f64 = node(&script, &[&[database.url, "rate".to_owned()], &sizes[..]].concat())?
            .trim()
            .parse()?;
        best = best.max(rate);
    }
    Ok(best)
}
