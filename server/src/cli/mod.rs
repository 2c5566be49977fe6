//! The command line.

mod jobs;
mod users;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

pub use self::{
    jobs::{DeadLetters, JobList, JobsCommand, State},
    users::{AdminCommand, RoleName, UserList, UsersCommand},
};
use crate::options::{InstallationOptions, ServerOptions, WorkerOptions};

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
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
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
    /// Create the demo accounts and competitions that are missing; refused in production
    Seed,
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
    /// Print the OpenAPI description of the REST API
    Openapi,
    /// Print a script that completes this command in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}
