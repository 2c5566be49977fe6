//! `psql` and `sqlite3`, kept open: a question costs a tenth of a millisecond.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use crate::Result;

/// Printed after every answer. Nothing that is asked for looks like it.
const END: &str = "==end==";

/// A database's own shell.
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

    /// `sqlite3` on this file, with the product's settings for what is committed and who waits.
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

    /// Runs statements, each ended by a semicolon, and answers with the lines they print.
    ///
    /// # Errors
    /// When one of them fails: the shell has said why on standard error, and is of no more use.
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

    /// The one value that a question is about.
    pub(crate) fn value(&mut self, question: &str) -> Result<String> {
        let mut lines = self.run(&format!("{question};"))?;
        if lines.len() == 1 {
            Ok(lines.remove(0))
        } else {
            Err(format!("{} lines for: {question}", lines.len()).into())
        }
    }

    /// The number that a question is about.
    pub(crate) fn number(&mut self, question: &str) -> Result<usize> {
        Ok(self.value(question)?.parse()?)
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // It has nothing to finish: what was asked was answered.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
