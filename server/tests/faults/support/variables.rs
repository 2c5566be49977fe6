//! The environment of a process.

use std::process::Command;

use tempfile::TempDir;

/// Signs the tokens.
pub(crate) const SECRET: &str = "a secret of at least thirty-two characters";
/// A schedule that does not fire during a case.
const NEVER: &str = "0 0 29 2 *";

/// All environment variables of a process.
#[derive(Clone)]
pub(crate) struct Variables(Vec<(&'static str, String)>);

impl Variables {
    pub(crate) fn new(database: String, redis: String) -> Self {
        let fixed = |(name, value): (_, &str)| (name, value.to_owned());
        let others = [
            ("JWT_SECRET", SECRET),
            ("BCRYPT_COST", "4"),
            ("RATE_LIMITS", "off"),
            ("CRON_REMINDER_SCHEDULE", NEVER),
            ("CRON_NOTICES_SCHEDULE", NEVER),
            ("CRON_CLEANUP_SCHEDULE", NEVER),
            ("RUST_LOG", "info"),
        ];
        let services = [("DATABASE_URL", database), ("REDIS_URL", redis)];
        Self(services.into_iter().chain(others.map(fixed)).collect())
    }

    /// Sets a variable.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.retain(|(other, _)| *other != name);
        self.0.push((name, value.into()));
        self
    }

    /// The program in `folder` with these variables and no others.
    pub(crate) fn command(&self, folder: &TempDir) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mini-compete"));
        let variables = self.0.iter().map(|(name, value)| (name, value));
        command.env_clear().envs(variables).current_dir(folder.path());
        command
    }
}
