//! Options that limit traffic.

use std::time::Duration;

use clap::Args;

use crate::security::{Allowance, Allowances, HttpLimits};

/// Options that limit traffic.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Traffic")]
pub struct TrafficOptions {
    /// Seconds until an idle connection is closed; more than the load balancer in front waits
    #[arg(long, env = "KEEP_ALIVE",
          value_parser = clap::value_parser!(u64).range(1..=3_600),
          default_value_t = 90)]
    pub keep_alive: u64,

    /// Seconds to keep serving after the signal to stop, while /health/ready answers 503; less
    /// than 25 [default: 5 in production, else 0]
    #[arg(long, env = "SHUTDOWN_DELAY", value_parser = clap::value_parser!(u64).range(0..25))]
    pub shutdown_delay: Option<u64>,

    /// Most concurrent connections
    #[arg(long, env = "CONNECTIONS",
          value_parser = clap::value_parser!(u32).range(1..),
          default_value_t = 10_000)]
    pub connections: u32,

    /// Most concurrent connections of one address that is no trusted proxy
    #[arg(long, env = "CONNECTIONS_PER_ADDRESS",
          value_parser = clap::value_parser!(u32).range(1..),
          default_value_t = 4_000)]
    pub connections_per_address: u32,

    /// Rate limit of reads by one address: burst/requests per minute
    #[arg(long, env = "RATE_LIMIT_READS", default_value_t = Allowance::new(12_000, 12_000))]
    pub rate_limit_reads: Allowance,

    /// Rate limit of writes by one address
    #[arg(long, env = "RATE_LIMIT_WRITES", default_value_t = Allowance::new(4_000, 3_000))]
    pub rate_limit_writes: Allowance,

    /// Rate limit of logins, sign-ups and password changes by one address
    #[arg(long, env = "RATE_LIMIT_CREDENTIALS", default_value_t = Allowance::new(2_000, 600))]
    pub rate_limit_credentials: Allowance,

    /// Rate limit of reads by one user
    #[arg(long, env = "RATE_LIMIT_USER_READS", default_value_t = Allowance::new(600, 1_200))]
    pub rate_limit_user_reads: Allowance,

    /// Rate limit of writes by one user
    #[arg(long, env = "RATE_LIMIT_USER_WRITES", default_value_t = Allowance::new(60, 120))]
    pub rate_limit_user_writes: Allowance,

    /// Rate limit of calls that check a password by one user
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
    /// `limits` with the limits of these options. Without `by_address` one address may have all
    /// connections.
    pub fn limits(&self, limits: HttpLimits, by_address: bool) -> HttpLimits {
        let connections = as_usize(self.connections);
        let per_address = as_usize(self.connections_per_address);
        HttpLimits {
            keep_alive: Duration::from_secs(self.keep_alive),
            connections,
            connections_per_address: if by_address { per_address } else { connections },
            ..limits
        }
    }

    /// The allowances of one address.
    pub(crate) fn address_allowances(&self) -> Allowances {
        Allowances {
            read: self.rate_limit_reads,
            write: self.rate_limit_writes,
            credentials: self.rate_limit_credentials,
        }
    }

    /// The allowances of one user.
    pub(crate) fn user_allowances(&self) -> Allowances {
        Allowances {
            read: self.rate_limit_user_reads,
            write: self.rate_limit_user_writes,
            credentials: self.rate_limit_user_credentials,
        }
    }
}

fn as_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
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
    fn the_default_matches_the_defaults_of_the_command_line() {
        let parsed = Command::try_parse_from(["serve"]).unwrap().traffic;
        assert_eq!(format!("{parsed:?}"), format!("{:?}", TrafficOptions::default()));
        let limits = parsed.limits(HttpLimits::default(), true);
        assert_eq!(format!("{limits:?}"), format!("{:?}", HttpLimits::default()));
    }

    #[test]
    fn the_limits_of_connections_are_those_of_the_command_line() {
        let chosen = ["--keep-alive=7", "--connections=9", "--connections-per-address=8"];
        let parsed = Command::try_parse_from(["serve"].into_iter().chain(chosen)).unwrap().traffic;
        let limits = parsed.limits(HttpLimits::default(), true);
        assert_eq!(limits.keep_alive, Duration::from_secs(7));
        assert_eq!((limits.connections, limits.connections_per_address), (9, 8));
        assert_eq!(parsed.limits(HttpLimits::default(), false).connections_per_address, 9);
    }

    #[test]
    fn an_invalid_value_is_reported_with_the_name_of_its_option() {
        for (option, value) in [
            ("--keep-alive", "0"),
            ("--shutdown-delay", "25"),
            ("--connections", "0"),
            ("--rate-limit-reads", "many"),
        ] {
            let error = Command::try_parse_from(["serve", option, value]).unwrap_err();
            assert!(error.to_string().contains(option), "{error}");
        }
    }
}
