//! The command line.

use std::{fmt, path::PathBuf};

use clap::{Args, Parser, ValueEnum};

/// Measures Mini Compete beside the components that it is built on. Run it by `make bench`, which
/// starts the services that it needs.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub(crate) struct Options {
    /// Program to measure
    #[arg(long, default_value = "target/release/mini-compete")]
    pub(crate) binary: PathBuf,

    /// Small sizes and one round: to check that it works, not to measure
    #[arg(long)]
    pub(crate) quick: bool,

    /// A short run that compares its ratios with those in BENCHMARKS.md, and fails when one is
    /// worse by more than 10 % in each round
    #[arg(long, conflicts_with_all = ["quick", "write", "clients"])]
    pub(crate) check: bool,

    /// Number of rounds, whose median counts [default: 3; 2 with --check, 1 with --quick]
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..))]
    pub(crate) rounds: Option<u8>,

    /// Parts to run: letters, separated by commas
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) only: Vec<Part>,

    /// Numbers of clients of (a), (b) and (g), separated by commas [default: 1,8,64,256]
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) clients: Vec<u16>,

    /// Write the results into BENCHMARKS.md as well
    #[arg(long, conflicts_with = "clients")]
    pub(crate) write: bool,

    /// Measure each list in a database with this many rows instead, for the other table
    #[arg(long, conflicts_with_all = ["check", "only", "rounds", "quick"])]
    pub(crate) scale: bool,

    /// The size of that database.
    #[command(flatten)]
    pub(crate) size: Size,

    /// Folder of the benchmarks of other job queues
    #[arg(long, default_value = "bench/queues")]
    pub(crate) queues: PathBuf,

    /// Folder for data, on the disk to measure
    #[arg(long, env = "SERVICES_FOLDER")]
    pub(crate) folder: PathBuf,

    /// URL of a PostgreSQL in which to create databases
    #[arg(long, env = "TEST_DATABASE_URL")]
    pub(crate) postgres: String,

    /// URL of a Redis for test data
    #[arg(long, env = "TEST_REDIS_URL")]
    pub(crate) redis: String,
}

/// The size of the database of `--scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Args)]
pub(crate) struct Size {
    /// Participants of --scale
    #[arg(long, default_value_t = 200_000)]
    pub(crate) participants: u32,

    /// Competitions of --scale, a fifth of them open
    #[arg(long, default_value_t = 100_000)]
    pub(crate) competitions: u32,

    /// Registrations of --scale
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) registrations: u32,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { participants, competitions, registrations } = self;
        write!(
            f,
            "{participants} participants, {competitions} competitions, {registrations} \
             registrations"
        )
    }
}

/// A part of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Registrations for one hot competition, against pgbench
    A,
    /// The same over 50 competitions
    B,
    /// Reading competitions, against a plain Axum handler
    C,
    /// Confirmations, against BullMQ
    D,
    /// Logins, against raw bcrypt
    E,
    /// Memory and start time
    F,
    /// The embedded mode, for a and d
    G,
    /// Registrations while visitors search a long list
    H,
}

impl Part {
    /// All parts in the order of the report.
    pub(crate) const ALL: [Self; 8] =
        [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F, Self::G, Self::H];
}

impl Options {
    /// Whether a part was selected.
    pub(crate) fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}
