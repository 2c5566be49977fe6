//! A child process and its log.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// A running program. It is killed when it is dropped.
pub(crate) struct Program {
    pub(crate) child: Child,
    /// The log line by which it has reported that it is ready.
    pub(crate) greeting: String,
}

impl Program {
    /// Starts it, and returns once it writes a line with `greeting` to standard error. `listener`
    /// gets every line.
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
        let mut output = String::new();
        for line in log.by_ref() {
            listener(&line);
            if line.contains(greeting) {
                // Keep reading: a full pipe would block the program.
                std::thread::spawn(move || log.for_each(|line| listener(&line)));
                program.greeting = line;
                return program;
            }
            output += &line;
            output.push('\n');
        }
        panic!("{command:?} ended before it wrote {greeting:?}:\n{output}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
