//! The arguments of `seed`.

use clap::Args;

/// How much to fill in. Without the numbers, the demo data.
#[derive(Clone, Copy, Debug, Args)]
pub struct Seed {
    /// Participants to generate, in a database without accounts
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..),
          requires_all = ["competitions", "registrations"])]
    pub participants: Option<u32>,
    /// Competitions to generate: a fifth is open, the rest are past
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..),
          requires_all = ["participants", "registrations"])]
    pub competitions: Option<u32>,
    /// Registrations to generate, each with its mail, job and idempotency record
    #[arg(long, value_name = "N", requires_all = ["participants", "competitions"])]
    pub registrations: Option<u32>,
    /// Generate rows in production as well, with accounts that nobody can log in to
    #[arg(long, requires = "participants")]
    pub force: bool,
}
