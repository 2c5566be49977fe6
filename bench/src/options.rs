//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Measures Mini Compete beside what it is built on. Start it with `make bench`, which starts the services it needs.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub(crate) struct Options {
    /// The program to measure
    #[arg(long, default_value = "target/release/mini-compete")]
    pub(crate) binary: PathBuf,

    /// Small sizes and one round: to see that it works, not to learn how fast anything is
    #[arg(long)]
    pub(crate) quick: bool,

    /// Rounds, whose median is taken [default: 3, or 1 if quick]
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..))]
    pub(crate) rounds: Option<u8>,

    /// Only these parts: letters, separated by commas
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) only: Vec<Part>,

    /// Write the results into BENCHMARKS.md as well
    #[arg(long)]
    pub(crate) write: bool,

    /// The folder of BullMQ's half
    #[arg(long, default_value = "bench/bullmq")]
    pub(crate) bullmq: PathBuf,

    /// A folder for data, on the disk that is to be measured
    #[arg(long, env = "SERVICES_FOLDER")]
    pub(crate) folder: PathBuf,

    /// A PostgreSQL in which databases may be made
    #[arg(long, env = "TEST_DATABASE_URL")]
    pub(crate) postgres: String,

    /// A Redis that may be filled
    #[arg(long, env = "TEST_REDIS_URL")]
    pub(crate) redis: String,
}

/// What can be measured.
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
}

impl Part {
    /// All of them, in the order in which they are shown.
    pub(crate) const ALL: [Self; 7] =
        [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F, Self::G];
}

impl Options {
    /// Whether a part was asked for.
    pub(crate) fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}
