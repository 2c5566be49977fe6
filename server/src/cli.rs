//! The command line.

use clap::{Parser, Subcommand};
use domain::JobId;
use worker::{InstallationOptions, WorkerOptions};

pub use crate::options::{Origins, ServerOptions};

/// Competitions that are never oversold.
///
/// Every option can also be set in the environment or in a file .env in the current folder; the
/// name of the variable stands beside each.
#[derive(Debug, Parser)]
#[command(name = "mini-compete", version)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub installation: InstallationOptions,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the site and the API, and work on background jobs
    Serve {
        /// How to serve.
        #[command(flatten)]
        server: Box<ServerOptions>,
        /// How to work.
        #[command(flatten)]
        worker: WorkerOptions,
        /// Leave background jobs to `mini-compete worker` processes
        #[arg(long)]
        no_worker: bool,
        /// Make the demo data that is missing first
        #[arg(long)]
        seed_demo: bool,
    },
    /// Work on background jobs: confirmations, reminders, clean-up
    Worker {
        /// How to work.
        #[command(flatten)]
        worker: WorkerOptions,
    },
    /// Bring the database's schema up to date; every other command does so as well
    Migrate,
    /// Make the demo accounts and competitions that are missing; refused in production
    Seed,
    /// Administrators, and what only they can do
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Background jobs
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Print the OpenAPI description of the REST API
    Openapi,
}

/// Administrators.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Make an account that runs this installation; asks for its password, or reads it from standard input
    Create {
        /// The address to sign in with
        #[arg(long)]
        email: String,
        /// The name others see
        #[arg(long, default_value = "Administrator")]
        name: String,
    },
    /// Make somebody an administrator who has an account, and neither organizes nor takes part
    Promote {
        /// The address of the account
        email: String,
    },
    /// Print a link to set a new password, for somebody who has forgotten theirs and cannot be sent mail
    ResetLink {
        /// The address of the account
        email: String,
    },
}

/// Background jobs.
#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// Show how many there are of each kind, and those that were given up
    List,
    /// Put a job back that was given up, with all its attempts before it
    Retry {
        /// Which one, as `jobs list` names it
        #[arg(required_unless_present = "all")]
        id: Option<JobId>,
        /// All of them
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
}
