//! The setup that every figure needs: services, a folder for data, a runtime for the load.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    Result,
    options::Options,
    sizes::Sizes,
    sql::{Database, Shell},
};

/// The password of every user.
pub(crate) const PASSWORD: &str = "correct horse";
/// The secret that signs tokens.
pub(crate) const SECRET: &str = "the public secret of the benchmark";
/// The default cost of the product.
pub(crate) const BCRYPT_COST: u32 = 12;

/// The setup of all figures.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) options: Options,
    pub(crate) sizes: Sizes,
    /// Runs the load. Everything else runs in the main thread.
    pub(crate) runtime: Runtime,
    /// The hash of [`PASSWORD`].
    pub(crate) password_hash: String,
    folder: TempDir,
    databases: u32,
}

impl Stage {
    /// # Errors
    /// When a program is missing, or PostgreSQL is not durable.
    pub(crate) fn set(mut options: Options) -> Result<Self> {
        options.binary = existing(&options.binary, "build it, or set --binary")?;
        options.queues = existing(&options.queues, "run make bench in the root of the project")?;
        let mut shell = Shell::postgres(&options.postgres)?;
        for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
            if shell.value(&format!("SHOW {setting}"))? != "on" {
                return Err(format!(
                    "{setting} is off in PostgreSQL: figures would be meaningless"
                )
                .into());
            }
        }
        Ok(Self {
            sizes: Sizes::of(&options),
            runtime: Runtime::new()?,
            password_hash: bcrypt::hash(PASSWORD, BCRYPT_COST)?,
            folder: TempDir::with_prefix_in("bench.", &options.folder)?,
            databases: 0,
            options,
        })
    }

    /// The numbers of concurrent clients that register.
    pub(crate) fn clients(&self) -> Vec<usize> {
        let chosen = &self.options.clients;
        match &chosen[..] {
            [] => self.sizes.clients.to_vec(),
            chosen => chosen.iter().copied().map(usize::from).collect(),
        }
    }

    /// A folder for files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A new database on PostgreSQL, without a schema.
    pub(crate) fn postgres(&mut self) -> Result<Database> {
        let name = self.new_name();
        Database::postgres(&self.options.postgres, &name)
    }

    /// A new SQLite file, without a schema.
    pub(crate) fn sqlite(&mut self) -> Result<Database> {
        let name = self.new_name();
        let file = self.folder().join(format!("{name}.db"));
        Database::sqlite(&file)
    }

    fn new_name(&mut self) -> String {
        self.databases += 1;
        format!("bench_{}", self.databases)
    }
}

/// The absolute path of an existing file or folder.
fn existing(path: &Path, advice: &str) -> Result<PathBuf> {
    path.canonicalize().map_err(|error| format!("{}: {error}; {advice}", path.display()).into())
}
