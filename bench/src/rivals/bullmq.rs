//! BullMQ, with jobs that do nothing, on the same Redis.

use std::{path::PathBuf, time::Duration};

use super::node;
use crate::{Result, http::Latencies, stage::Stage};

/// Processes, and the concurrency of each. The best setting counts.
const SETTINGS: [(usize, usize); 4] = [(1, 50), (1, 100), (1, 200), (2, 100)];

/// The program `bench/queues/bullmq.mjs`.
#[derive(Debug)]
pub(crate) struct BullMq {
    script: PathBuf,
    redis: String,
}

impl BullMq {
    pub(crate) fn of(stage: &Stage) -> Self {
        Self { script: stage.options.queues.join("bullmq.mjs"), redis: stage.options.redis.clone() }
    }

    /// Jobs drained per second, with the best setting.
    pub(crate) fn best_rate(&self, jobs: usize) -> Result<f64> {
        let mut best: f64 = 0.0;
        for (processes, concurrency) in SETTINGS {
            let sizes = [jobs, processes, concurrency].map(|size| size.to_string());
            let rate: f64 = self.run("rate", &sizes)?.trim().parse()?;
            best = best.max(rate);
        }
        Ok(best)
    }

    /// The latency from adding a job to its completion in Redis, one job at a time.
    pub(crate) fn latencies(&self, jobs: usize) -> Result<Latencies> {
        let lines = self.run("latency", &[jobs.to_string()])?;
        let times =
            lines.lines().map(|line| Ok(Duration::from_secs_f64(line.parse::<f64>()? / 1000.0)));
        Ok(Latencies::new(times.collect::<Result<_>>()?))
    }

    fn run(&self, task: &str, sizes: &[String]) -> Result<String> {
        let arguments = [&[self.redis.clone(), task.to_owned()], sizes].concat();
        node(&self.script, &arguments)
    }
}
