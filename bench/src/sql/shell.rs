//! `psql` and `sqlite3` as long-running processes: a query costs a tenth of a millisecond.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use crate::Result;

/// Printed after every result. No result contains it.
const END: &str = "==end==";

/// The shell of a database.
#[derive(Debug)]
pub(crate) struct Shell {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Makes the shell print [`END`].
    print_end: String,
}

impl Shell {
    /// `psql` at this URL.
    pub(crate) fn postgres(url: &str) -> Result<Self> {
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--no-align", "--tuples-only", "--quiet"]);
        psql.args(["--set", "ON_ERROR_STOP=1", url]);
        Self::open(psql, format!("\\echo {END}"))
    }

    /// `sqlite3` on this file, with the durability and lock settings of the product.
    pub(crate) fn sqlite(file: &Path) -> Result<Self> {
        let mut sqlite = Command::new("sqlite3");
        sqlite.args(["-batch", "-bail", "-cmd", ".timeout 10000"]).arg(file);
        let mut shell = Self::open(sqlite, format!(".print {END}"))?;
        shell.run(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
        )?;
        Ok(shell)
    }

    fn open(mut command: Command, print_end: String) -> Result<Self> {
        let name = command.get_program().display().to_string();
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| format!("{name}: {error}"))?;
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Ok(Self { child, input, output, print_end })
    }

    /// Runs statements, each ended by a semicolon. Returns the lines that they print.
    ///
    /// # Errors
    /// When a statement fails. The shell has ended then, with a reason on standard error.
    pub(crate) fn run(&mut self, sql: &str) -> Result<Vec<String>> {
        writeln!(self.input, "{sql}\n{}", self.print_end)?;
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line)? == 0 {
                let shown: String = sql.chars().take(200).collect();
                return Err(format!("the database refused: {shown}").into());
            }
            match line.trim_end() {
                END => return Ok(lines),
                text => lines.push(text.to_owned()),
            }
        }
    }

    /// The single value of a query.
    pub(crate) fn value(&mut self, query: &str) -> Result<String> {
        let mut lines = self.run(&format!("{query};"))?;
        if lines.len() == 1 {
            Ok(lines.remove(0))
        } else {
            Err(format!("{} lines for: {query}", lines.len()).into())
        }
    }

    /// The single number of a query.
    pub(crate) fn number(&mut self, query: &str) -> Result<usize> {
        Ok(self.value(query)?.parse()?)
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // No statement is running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
