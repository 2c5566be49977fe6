//! Commands about accounts.

use clap::{Args, Subcommand, ValueEnum};
use domain::{Role, UserId};

/// Commands about administrators, and help with accounts.
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
    ///
    /// JSON: link, validMinutes.
    ResetLink {
        /// Email of the account
        email: String,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
}

/// Commands about accounts.
#[derive(Debug, Subcommand)]
pub enum UsersCommand {
    /// Show accounts, newest first
    ///
    /// JSON: `users` (id, email, name, role, roles, createdAt, disabledAt), and `next`, the id for
    /// --after
    /// or null.
    List(UserList),
    /// Show an account, and what belongs to it in numbers
    ///
    /// JSON: id, email, name, role, roles, createdAt, disabledAt, timeZone, competitions,
    /// registrations, unreadMail, refreshTokens, personalTokens, webhooks.
    Show {
        /// Email of the account
        email: String,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// End the sessions and tokens of an account at once, and refuse further logins
    ///
    /// Registrations and competitions of the account stay as they are, and mail about them is still
    /// sent. The last administrator cannot be disabled.
    Disable {
        /// Email of the account
        email: String,
    },
    /// Allow logins of an account that was disabled
    Enable {
        /// Email of the account
        email: String,
    },
}

/// Which accounts to list.
#[derive(Debug, Args)]
pub struct UserList {
    /// Only accounts with this role
    #[arg(long, value_enum)]
    pub role: Option<RoleName>,
    /// Only accounts whose name or email has these words, or words that begin with them
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// Only accounts that are disabled
    #[arg(long)]
    pub disabled: bool,
    /// Only accounts that are not disabled
    #[arg(long, conflicts_with = "disabled")]
    pub enabled: bool,
    /// Most accounts to show
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=500))]
    pub limit: u64,
    /// Continue after this id, which the page before has named
    #[arg(long, value_name = "ID")]
    pub after: Option<UserId>,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
}

/// The name of a role on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    /// Registers for competitions
    Participant,
    /// Creates competitions
    Organizer,
    /// Runs the installation
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Participant => Self::Participant,
            RoleName::Organizer => Self::Organizer,
            RoleName::Admin => Self::Admin,
        }
    }
}
