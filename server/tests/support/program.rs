//! A program in a process of its own, and what it says.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// A running program. It is killed when it goes out of scope.
pub(crate) struct Program {
    pub(crate) child: Child,
    /// The line by which it said that it is ready.
    pub(crate) greeting: String,
}

impl Program {
    /// Starts it, and returns once it says `greeting` on standard error. Every line it says goes to `listener`.
    pub(crate) fn start(
        command: &mut Command,
        greeting: &str,
        mut listener: impl FnMut(&str) + Send + 'static,
    ) -> Self {
        let child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn();
        let child = child.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let mut program = Self { child, greeting: String::new() };
        let log = program.child.stderr.take().expect("a pipe");
        let mut log = BufReader::new(log).lines().map_while(Result::ok);
        let mut said = String::new();
        for line in log.by_ref() {
            listener(&line);
            if line.contains(greeting) {
                // A full pipe would stop the program.
                std::thread::spawn(move || log.for_each(|line| listener(&line)));
                program.greeting = line;
                return program;
            }
            said += &line;
            said.push('\n');
        }
        panic!("{command:?} ended before it said {greeting:?}:\n{said}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Killed already, or about to be: either way it is gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
