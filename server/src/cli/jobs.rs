//! Commands about background jobs.

use chrono::TimeDelta;
use clap::{Args, Subcommand, ValueEnum};
use domain::JobId;
use service::jobs::JobState;

/// Commands about background jobs.
#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// Show how many jobs of each type there are, and the jobs in one state, the latest first
    ///
    /// JSON: `types` (type, waiting, active, oldestAgeSeconds, completedLastMinute, failed), `jobs`
    /// (id, type, state, attempts, lastError, createdAt, dueAt, endedAt), and `next`, the id for
    /// --after or null.
    List(JobList),
    /// Retry dead letters: each job is waiting again, with all its attempts
    ///
    /// JSON: `retried`, their number.
    Retry(DeadLetters),
    /// Discard dead letters: the jobs will never run again; asks first
    ///
    /// JSON: `discarded`, their number.
    Discard {
        /// Which ones.
        #[command(flatten)]
        which: DeadLetters,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Which jobs to list.
#[derive(Debug, Args)]
pub struct JobList {
    /// Only jobs of this type
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// Jobs in this state; `failed` are the dead letters
    #[arg(long, value_enum, default_value_t = State::Failed)]
    pub state: State,
    /// Only jobs that were added longer ago, such as 90s, 15m, 24h or 7d
    #[arg(long, value_parser = parse_age, value_name = "AGE")]
    pub older_than: Option<TimeDelta>,
    /// Most jobs to show
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=500))]
    pub limit: u64,
    /// Continue after this id, which the page before has named
    #[arg(long, value_name = "ID")]
    pub after: Option<JobId>,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

/// Dead letters to retry or to discard.
#[derive(Debug, Args)]
pub struct DeadLetters {
    /// Ids of the jobs, as `jobs list` shows them
    #[arg(required_unless_present = "all", value_name = "ID")]
    pub ids: Vec<JobId>,
    /// All dead letters, or those that --type and --older-than select
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,
    /// With --all: only jobs of this type
    #[arg(long = "type", value_name = "TYPE", requires = "all")]
    pub kind: Option<String>,
    /// With --all: only jobs that were added longer ago, such as 90s, 15m, 24h or 7d
    #[arg(long, value_parser = parse_age, value_name = "AGE", requires = "all")]
    pub older_than: Option<TimeDelta>,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum State {
    /// Due, and not claimed by a worker
    Waiting,
    /// Due later
    Delayed,
    /// Claimed by a worker
    Active,
    /// Done
    Completed,
    /// Out of attempts
    Failed,
}

impl From<State> for JobState {
    fn from(state: State) -> Self {
        match state {
            State::Waiting => Self::Waiting,
            State::Delayed => Self::Delayed,
            State::Active => Self::Active,
            State::Completed => Self::Completed,
            State::Failed => Self::Failed,
        }
    }
}

/// Reads `90s`, `15m`, `24h` or `7d`.
fn parse_age(text: &str) -> Result<TimeDelta, String> {
    let wrong = || "it must be a whole number and a unit, such as 90s, 15m, 24h or 7d".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    // At most 136 years, so that no date overflows.
    let number: u32 = number.parse().map_err(|_| wrong())?;
    let seconds = number.checked_mul(seconds).ok_or_else(wrong)?;
    Ok(TimeDelta::seconds(seconds.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_a_whole_number_and_a_unit() {
        for (text, seconds) in [("90s", 90), ("15m", 900), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(parse_age(text), Ok(TimeDelta::seconds(seconds)), "{text}");
        }
        for text in ["", "7", "d", "-1d", "1.5h", "1w", "7é", "9999999999s", "60000d"] {
            assert!(parse_age(text).is_err(), "{text}");
        }
    }
}
