//! What every figure needs: the services, a folder for data, a runtime for the load.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    Result,
    options::Options,
    sizes::Sizes,
    sql::{Database, Shell},
};

/// The password of everybody.
pub(crate) const PASSWORD: &str = "correct horse";
/// What signs tokens.
pub(crate) const SECRET: &str = "a secret that nobody needs to keep";
/// What the product runs with unless it is told otherwise.
pub(crate) const BCRYPT_COST: u32 = 12;

/// What every figure needs.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) options: Options,
    pub(crate) sizes: Sizes,
    /// Where the load runs. All else waits in the main thread.
    pub(crate) runtime: Runtime,
    /// The hash of [`PASSWORD`].
    pub(crate) password_hash: String,
    folder: TempDir,
    databases: u32,
}

impl Stage {
    /// # Errors
    /// When something is missing, or PostgreSQL does not keep what it commits.
    pub(crate) fn set(mut options: Options) -> Result<Self> {
        options.binary = found(&options.binary, "build it, or name another with --binary")?;
        options.bullmq =
            found(&options.bullmq, "run make bench, which starts in the right folder")?;
        let mut shell = Shell::postgres(&options.postgres)?;
        for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
            if shell.value(&format!("SHOW {setting}"))? != "on" {
                return Err(
                    format!("{setting} is off in PostgreSQL: figures would mean nothing").into()
                );
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

    /// Where files may be left.
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

/// The absolute path of what must be there.
fn found(path: &Path, advice: &str) -> Result<PathBuf> {
    path.canonicalize().map_err(|error| format!("{}: {error}; {advice}", path.display()).into())
}
