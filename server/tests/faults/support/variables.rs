//! The environment of a process of the site's.

use std::process::Command;

use tempfile::TempDir;

/// Signs the tokens of every site.
pub(crate) const SECRET: &str = "a secret of at least thirty-two characters";
/// Once a year, when nobody runs this: a schedule for cases that are about something else.
const HARDLY_EVER: &str = "0 0 29 2 *";

/// All variables that a process is started with.
#[derive(Clone)]
pub(crate) struct Variables(Vec<(&'static str, String)>);

impl Variables {
    pub(crate) fn new(database: String, redis: String) -> Self {
        let fixed = |(name, value): (_, &str)| (name, value.to_owned());
        let others = [
            ("JWT_SECRET", SECRET),
            ("BCRYPT_COST", "4"),
            ("RATE_LIMITS", "off"),
            ("CRON_REMINDER_SCHEDULE", HARDLY_EVER),
            ("CRON_CLEANUP_SCHEDULE", HARDLY_EVER),
            ("RUST_LOG", "info"),
        ];
        let places = [("DATABASE_URL", database), ("REDIS_URL", redis)];
        Self(places.into_iter().chain(others.map(fixed)).collect())
    }

    /// The same, with one of them set to something else.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.retain(|(other, _)| *other != name);
        self.0.push((name, value.into()));
        self
    }

    /// The program with these variables and no others, in a folder of its own.
    pub(crate) fn command(&self, folder: &TempDir) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mini-compete"));
        let variables = self.0.iter().map(|(name, value)| (name, value));
        command.env_clear().envs(variables).current_dir(folder.path());
        command
    }
}
