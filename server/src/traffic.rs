//! Options on how much traffic is taken, and for how long.

use std::{num::NonZeroU32, str::FromStr, time::Duration};

use clap::Args;

use crate::security::Limits;

/// How much traffic is taken, and for how long.
#[derive(Clone, Debug, Args)]
pub struct TrafficOptions {
    /// Seconds that a connection is kept over which nothing comes; more than a balancer in front
    /// keeps it
    #[arg(long, env = "KEEP_ALIVE", value_parser = clap::value_parser!(u64).range(1..=3_600), default_value_t = 90)]
    pub keep_alive: u64,

    /// Seconds that requests are still taken after the signal to stop, while /health/ready says
    /// 503; less than 25 [default: 5 in production, else 0]
    #[arg(long, env = "SHUTDOWN_DELAY", value_parser = clap::value_parser!(u64).range(0..25))]
    pub shutdown_delay: Option<u64>,

    /// Connections at the same time, in all
    #[arg(long, env = "CONNECTIONS", value_parser = clap::value_parser!(u32).range(1..), default_value_t = 10_000)]
    pub connections: u32,

    /// Connections at the same time from one address that is no trusted proxy
    #[arg(long, env = "CONNECTIONS_PER_ADDRESS", value_parser = clap::value_parser!(u32).range(1..), default_value_t = 4_000)]
    pub connections_per_address: u32,

    /// How often one address may look at something: requests at once/requests a minute
    #[arg(long, env = "RATE_LIMIT_READS", default_value_t = Allowance::new(12_000, 12_000))]
    pub rate_limit_reads: Allowance,

    /// How often one address may change something
    #[arg(long, env = "RATE_LIMIT_WRITES", default_value_t = Allowance::new(4_000, 3_000))]
    pub rate_limit_writes: Allowance,

    /// How often one address may log in, sign up, or set a password
    #[arg(long, env = "RATE_LIMIT_CREDENTIALS", default_value_t = Allowance::new(2_000, 600))]
    pub rate_limit_credentials: Allowance,

    /// How often one user may look at something
    #[arg(long, env = "RATE_LIMIT_USER_READS", default_value_t = Allowance::new(600, 1_200))]
    pub rate_limit_user_reads: Allowance,

    /// How often one user may change something
    #[arg(long, env = "RATE_LIMIT_USER_WRITES", default_value_t = Allowance::new(60, 120))]
    pub rate_limit_user_writes: Allowance,

    /// How often one user may prove who they are
    #[arg(long, env = "RATE_LIMIT_USER_CREDENTIALS", default_value_t = Allowance::new(20, 10))]
    pub rate_limit_user_credentials: Allowance,
}

impl Default for TrafficOptions {
    fn default() -> Self {
        Self {
            keep_alive: 90,
            shutdown_delay: None,
            connections: 10_000,
            connections_per_address: 4_000,
            rate_limit_reads: Allowance::new(12_000, 12_000),
            rate_limit_writes: Allowance::new(4_000, 3_000),
            rate_limit_credentials: Allowance::new(2_000, 600),
            rate_limit_user_reads: Allowance::new(600, 1_200),
            rate_limit_user_writes: Allowance::new(60, 120),
            rate_limit_user_credentials: Allowance::new(20, 10),
        }
    }
}

impl TrafficOptions {
    /// The limits of connections. Without `is_limiting` an address may have as many as there may be
    /// in all.
    pub fn limits(&self, limits: Limits, is_limiting: bool) -> Limits {
        let connections = as_usize(self.connections);
        let per_address = as_usize(self.connections_per_address);
        Limits {
            keep_alive: Duration::from_secs(self.keep_alive),
            connections,
            connections_per_address: if is_limiting { per_address } else { connections },
            ..limits
        }
    }
}

fn as_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// So many at once, and so many a minute after that: `12000/600`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// At once, after a pause.
    pub burst: NonZeroU32,
    /// In each minute.
    pub per_minute: NonZeroU32,
}

impl Allowance {
    const fn new(burst: u32, per_minute: u32) -> Self {
        let (Some(burst), Some(per_minute)) = (NonZeroU32::new(burst), NonZeroU32::new(per_minute))
        else {
            panic!("an allowance of nothing");
        };
        Self { burst, per_minute }
    }
}

impl std::fmt::Display for Allowance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.burst, self.per_minute)
    }
}

impl FromStr for Allowance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('/').and_then(|(burst, per_minute)| {
            Some(Self {
                burst: burst.trim().parse().ok()?,
                per_minute: per_minute.trim().parse().ok()?,
            })
        });
        parsed.ok_or_else(|| {
            "it must be requests at once and requests a minute, like 12000/600".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        traffic: TrafficOptions,
    }

    #[test]
    fn the_defaults_of_the_command_line_are_those_of_tests() {
        let parsed = Command::try_parse_from(["serve"]).unwrap().traffic;
        assert_eq!(format!("{parsed:?}"), format!("{:?}", TrafficOptions::default()));
        let limits = parsed.limits(Limits::default(), true);
        assert_eq!(format!("{limits:?}"), format!("{:?}", Limits::default()));
    }

    #[test]
    fn the_limits_of_connections_are_those_of_the_command_line() {
        let chosen = ["--keep-alive=7", "--connections=9", "--connections-per-address=8"];
        let parsed = Command::try_parse_from(["serve"].into_iter().chain(chosen)).unwrap().traffic;
        let limits = parsed.limits(Limits::default(), true);
        assert_eq!(limits.keep_alive, Duration::from_secs(7));
        assert_eq!((limits.connections, limits.connections_per_address), (9, 8));
        assert_eq!(parsed.limits(Limits::default(), false).connections_per_address, 9);
    }

    #[test]
    fn an_allowance_is_two_numbers_above_zero() {
        assert_eq!("20/10".parse(), Ok(Allowance::new(20, 10)));
        for bad in ["", "20", "0/10", "20/0", "20/-1", "a/b", "1/2/3", "99999999999/1"] {
            assert!(bad.parse::<Allowance>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_wrong_value_is_told_with_the_name_of_its_setting() {
        for (setting, value) in [
            ("--keep-alive", "0"),
            ("--shutdown-delay", "25"),
            ("--connections", "0"),
            ("--rate-limit-reads", "many"),
        ] {
            let error = Command::try_parse_from(["serve", setting, value]).unwrap_err();
            assert!(error.to_string().contains(setting), "{error}");
        }
    }
}
