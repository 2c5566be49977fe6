//! The command line.

mod doctor;
mod healthcheck;
mod jobs;
mod seed;
mod sources;
mod users;

use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

pub use self::{
    doctor::Doctor,
    healthcheck::Healthcheck,
    jobs::{DeadLetters, JobList, JobsCommand, State},
    seed::Seed,
    sources::OptionSource,
    users::{AdminCommand, RoleName, UserList, UsersCommand},
};
use crate::options::{InstallationOptions, ObservabilityOptions, ServerOptions, WorkerOptions};

/// Competitions that are never oversold.
///
/// Every option can also be set by the environment variable that is named beside it, or in a file
/// .env in the current folder.
///
/// Exit codes: 0 when the command has done what it says, 1 when it has failed, 2 when its arguments
/// or a variable are wrong.
#[derive(Debug, Parser)]
#[command(name = "mini-compete", version)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub installation: InstallationOptions,
    /// Options of logs.
    #[command(flatten)]
    pub observability: ObservabilityOptions,
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Reads the command line and the environment, and says where the options of the command come
    /// from. `env_file` are the names of the variables that the file `.env` has set. Ends the
    /// process for a wrong argument, and after the help.
    pub fn read(env_file: &[String]) -> (Self, Vec<OptionSource>) {
        let mut command = Self::command();
        let matches = command.clone().get_matches();
        command.build();
        let options = matches.subcommand().and_then(|(name, matches)| {
            let command = command.find_subcommand(name)?;
            Some(sources::sources(command, matches, env_file))
        });
        let cli = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        (cli, options.unwrap_or_default())
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the site and the API, and run background jobs
    Serve {
        /// Run no background jobs: `mini-compete worker` processes do
        #[arg(long)]
        no_worker: bool,
        /// Create missing demo data first
        #[arg(long)]
        seed_demo: bool,
        /// Options of the web server.
        #[command(flatten)]
        server: Box<ServerOptions>,
        /// Options of the worker.
        #[command(flatten)]
        worker: WorkerOptions,
    },
    /// Run background jobs only: confirmations, mail, reminders, clean-up
    Worker {
        /// Options of the worker.
        #[command(flatten)]
        worker: WorkerOptions,
    },
    /// Migrate the database to the current schema; every other command does so too
    Migrate,
    /// Create the demo accounts and competitions that are missing, or fill an empty database with
    /// as many rows as a large installation has
    ///
    /// Refused in production.
    Seed(Seed),
    /// Manage administrators and help with accounts
    #[command(subcommand)]
    Admin(AdminCommand),
    /// List accounts, disable and enable them
    #[command(subcommand)]
    Users(UsersCommand),
    /// List background jobs, retry and discard dead letters
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Delete the rows that are older than their retention period; workers do so every 15 minutes
    Purge {
        /// Count the rows, and delete nothing
        #[arg(long)]
        dry_run: bool,
        /// Write JSON: table, which, rows, finished
        #[arg(long)]
        json: bool,
    },
    /// Write a backup of the database to a file, while servers and workers run
    ///
    /// SQLite is copied as it is at one moment. PostgreSQL is dumped by `pg_dump`, which must be
    /// installed and not older than the server. The file has a checksum, and only its owner may
    /// read it. JSON: file, bytes, createdAt, database, databaseVersion, version.
    Backup {
        /// The file, which must not exist
        file: PathBuf,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Restore the database from a backup, while no server or worker runs
    ///
    /// The backup is checked before anything is changed. PostgreSQL needs `pg_restore`, not older
    /// than the server. All sessions, tokens and links that set a password end, and the keys in
    /// Redis are deleted.
    Restore {
        /// The file
        file: PathBuf,
        /// Delete what is in the database
        #[arg(long)]
        replace: bool,
    },
    /// Check the configuration and the services that it names, and say what to do
    ///
    /// Nothing is changed. Exit code 1 if an error was found, 0 if there are only warnings. JSON:
    /// `findings` (check, severity, found, advice), `errors`, `warnings`, and `options` (name,
    /// source, value).
    Doctor(Box<Doctor>),
    /// Print the OpenAPI description of the REST API
    Openapi,
    /// Check that a server on this machine is alive, for HEALTHCHECK of a container
    ///
    /// Exit code 1 if it is not, or with --ready if it cannot serve requests. JSON is the report of
    /// /health/ready: `status`, `failed`, the names of the checks that have failed, and `checks`.
    Healthcheck(Healthcheck),
    /// Print a script that completes this command in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = include_str!("../../../docs/command-line.md");

    /// The full names of all commands that have no commands below them.
    fn names(command: &clap::Command, before: &str) -> Vec<String> {
        let name = format!("{before}{}", command.get_name());
        if !command.has_subcommands() {
            return vec![name];
        }
        let below = command.get_subcommands().filter(|below| below.get_name() != "help");
        below.flat_map(|below| names(below, &format!("{name} "))).collect()
    }

    #[test]
    fn the_arguments_of_all_commands_fit_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_document_has_a_row_for_each_command() {
        let names = names(&Cli::command(), "");
        for name in &names {
            let row = format!("| `{name}");
            assert!(DOCUMENT.contains(&row), "docs/command-line.md lacks a row that begins: {row}");
        }
        let rows = DOCUMENT.lines().filter(|line| line.starts_with("| `mini-compete")).count();
        assert_eq!(rows, names.len(), "docs/command-line.md has rows without a command");
    }
}
