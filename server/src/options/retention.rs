//! Options of retention.

use clap::Args;
use service::housekeeping::{Period, Retention};

/// How long rows are kept.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Retention")]
pub struct RetentionOptions {
    /// How long completed jobs are kept: 36h, 90d or forever
    #[arg(long, env = "RETENTION_COMPLETED_JOBS", value_parser = at_least_a_day,
          default_value = "7d", global = true)]
    pub retention_completed_jobs: Period,

    /// How long dead letters are kept after their last failure
    #[arg(long, env = "RETENTION_DEAD_LETTERS", value_parser = at_least_a_day,
          default_value = "180d", global = true)]
    pub retention_dead_letters: Period,

    /// How long it is known which administrator retried or discarded a job
    #[arg(long, env = "RETENTION_JOB_AUDITS", value_parser = at_least_a_day,
          default_value = "400d", global = true)]
    pub retention_job_audits: Period,

    /// How long messages are kept that were read, from 30d
    #[arg(long, env = "RETENTION_READ_MAIL", value_parser = at_least_a_month,
          default_value = "365d", global = true)]
    pub retention_read_mail: Period,

    /// How long messages are kept that were not read, from 30d
    #[arg(long, env = "RETENTION_UNREAD_MAIL", value_parser = at_least_a_month,
          default_value = "730d", global = true)]
    pub retention_unread_mail: Period,
}

impl From<&RetentionOptions> for Retention {
    fn from(options: &RetentionOptions) -> Self {
        Self {
            completed_jobs: options.retention_completed_jobs,
            dead_letters: options.retention_dead_letters,
            job_audits: options.retention_job_audits,
            read_mail: options.retention_read_mail,
            unread_mail: options.retention_unread_mail,
        }
    }
}

fn at_least_a_day(text: &str) -> Result<Period, String> {
    at_least(text, Period::days(1))
}

/// A message may be mailed for days, and its row prevents a second one.
fn at_least_a_month(text: &str) -> Result<Period, String> {
    at_least(text, Period::days(30))
}

fn at_least(text: &str, least: Period) -> Result<Period, String> {
    let period: Period = text.parse()?;
    if period.is_at_least(least) { Ok(period) } else { Err(format!("it must be {least} or more")) }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        retention: RetentionOptions,
    }

    #[test]
    fn the_default_matches_the_defaults_of_the_command_line() {
        let parsed = Command::try_parse_from(["serve"]).unwrap().retention;
        assert_eq!(Retention::from(&parsed), Retention::default());
    }

    #[test]
    fn a_period_that_is_too_short_is_refused() {
        for (option, short, least) in
            [("--retention-job-audits", "23h", "24h"), ("--retention-read-mail", "29d", "30d")]
        {
            let refused = Command::try_parse_from(["serve", option, short]).unwrap_err();
            assert!(refused.to_string().contains("or more"), "{refused}");
            assert!(Command::try_parse_from(["serve", option, least]).is_ok());
            assert!(Command::try_parse_from(["serve", option, "forever"]).is_ok());
        }
    }
}
