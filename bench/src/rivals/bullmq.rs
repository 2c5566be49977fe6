//! BullMQ, with jobs that do nothing, on the same Redis.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use crate::{Result, http::Latencies, stage::Stage};

/// Processes, and the concurrency of each. The best setting counts.
const SETTINGS: [(usize, usize); 4] = [(1, 50), (1, 100), (1, 200), (2, 100)];

/// The program in `bench/bullmq`.
#[derive(Debug)]
pub(crate) struct BullMq {
    script: PathBuf,
    redis: String,
}

impl BullMq {
    pub(crate) fn of(stage: &Stage) -> Self {
        Self { script: stage.options.bullmq.join("drain.mjs"), redis: stage.options.redis.clone() }
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
        let mut node = Command::new("node");
        node.arg(&self.script).args([&self.redis, task]).args(sizes).stderr(Stdio::inherit());
        let output = node.output().map_err(|error| format!("node: {error}"))?;
        if !output.status.success() {
            return Err(format!("the BullMQ benchmark failed: {}", output.status).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}
