//! The command line.

use clap::{Parser, Subcommand};
use domain::JobId;

use crate::options::{InstallationOptions, ServerOptions, WorkerOptions};

/// Competitions that are never oversold.
///
/// Every option can also be set by the environment variable that is named beside it, or in a file
/// .env in the current folder.
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
    /// Inspect and retry background jobs
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Print the OpenAPI description of the REST API
    Openapi,
}

/// Commands about accounts.
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Create an administrator; prompts for the password, or reads it from standard input
    Create {
        /// Email to log in with
        #[arg(long)]
        email: String,
        /// Name shown to other users
        #[arg(long, default_value = "Administrator")]
        name: String,
    },
    /// Make an existing account an administrator; it must have no competitions or registrations
    Promote {
        /// Email of the account
        email: String,
    },
    /// Print a link that sets a new password, for a user who cannot receive mail
    ResetLink {
        /// Email of the account
        email: String,
    },
}

/// Commands about background jobs.
#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// Show how many jobs of each type are waiting and active, and the dead letters
    List,
    /// Retry a dead letter: the job is waiting again, with all its attempts
    Retry {
        /// Id of the job, as `jobs list` shows it
        #[arg(required_unless_present = "all")]
        id: Option<JobId>,
        /// Retry all dead letters
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
}
