//! The program to measure.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use tokio::runtime::Runtime;

use super::Server;
use crate::{
    Result,
    options::Size,
    stage::{BCRYPT_COST, SECRET, Stage},
};

/// An installation of the product on a database with its schema.
#[derive(Debug)]
pub(crate) struct Installation {
    binary: PathBuf,
    folder: PathBuf,
    database: String,
    /// URL and key prefix, by which installations share nothing; `None` in the embedded mode.
    redis: Option<(String, String)>,
}

impl Installation {
    /// With Redis if the database is PostgreSQL; embedded if it is SQLite.
    pub(crate) fn on(stage: &Stage, database: &str) -> Result<Self> {
        let name = database.rsplit('/').next().unwrap_or_default();
        let redis = (!database.starts_with("sqlite:"))
            .then(|| (stage.options.redis.clone(), format!("{name}:")));
        let installation = Self {
            binary: stage.options.binary.clone(),
            folder: stage.folder().to_owned(),
            database: database.to_owned(),
            redis,
        };
        let status = installation.command(&["migrate"]).stdout(Stdio::null()).status()?;
        if status.success() { Ok(installation) } else { Err("the migration failed".into()) }
    }

    /// Fills the database in, with a line that shows the progress.
    pub(crate) fn seed(&self, size: &Size) -> Result {
        let Size { participants, competitions, registrations } = size;
        let numbers = [
            format!("--participants={participants}"),
            format!("--competitions={competitions}"),
            format!("--registrations={registrations}"),
        ];
        let mut arguments = vec!["seed"];
        arguments.extend(numbers.iter().map(String::as_str));
        let status = self.command(&arguments).stdout(Stdio::null()).status()?;
        if status.success() { Ok(()) } else { Err("the database was not filled in".into()) }
    }

    /// The site, the API and the worker in one process.
    pub(crate) fn serve(&self, runtime: &Runtime) -> Result<Server> {
        self.start(&["serve"], runtime)
    }

    /// The site and the API only.
    pub(crate) fn serve_without_worker(&self, runtime: &Runtime) -> Result<Server> {
        self.start(&["serve", "--no-worker"], runtime)
    }

    /// The worker only. It has no port to poll, so its start is not awaited.
    pub(crate) fn worker(&self) -> Result<Server> {
        Server::start_without_port(self.command(&["worker"]))
    }

    fn start(&self, arguments: &[&str], runtime: &Runtime) -> Result<Server> {
        Server::start(self.command(arguments), runtime, "/health/ready")
    }

    /// A command with its own environment, in a folder without a file `.env`.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("DATABASE_URL", &self.database)
            .env("JWT_SECRET", SECRET)
            .env("BCRYPT_COST", BCRYPT_COST.to_string())
            .env("RATE_LIMITS", "off")
            // The API needs none of the site's files.
            .env("SITE_ROOT", &self.folder)
            .env("RUST_LOG", "warn");
        if let Some((url, prefix)) = &self.redis {
            command.env("REDIS_URL", url).env("REDIS_PREFIX", prefix);
        }
        command
    }
}
